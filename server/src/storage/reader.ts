import type { AccessReader } from './access-reader.ts';

/** Every read of the port. */
export type Reader = AccessReader;
