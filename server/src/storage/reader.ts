import type { AccessReader } from './access-reader.ts';
import type { AgentReader } from './agent-tx.ts';
import type { ModelReader, PolicyHitReader, PolicyReader } from './policy-tx.ts';
import type { ReplayReader } from './replay-reader.ts';
import type { ReadMarkReader } from './read-mark-tx.ts';
import type { ServerReader } from './server-reader.ts';
import type { SessionReader } from './session-reader.ts';

/** Every read of the port. */
export type Reader = AccessReader &
  ReadMarkReader &
  SessionReader &
  AgentReader &
  PolicyReader &
  PolicyHitReader &
  ReplayReader &
  ModelReader &
  ServerReader;
