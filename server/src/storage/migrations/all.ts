import { foundation } from './0001-foundation.ts';
import { controlCommands } from './0003-control-commands.ts';
import { tagsByStart } from './0002-tags-by-start.ts';

/** One step of the schema: forward only. */
export interface Migration {
  readonly number: number;
  readonly name: string;
  readonly sqlite: string;
}

/** Every step, in order. */
export const migrations: readonly Migration[] = [foundation, tagsByStart, controlCommands];
