import type { Result } from '@niitaka/core/result.ts';
import type { Tx } from '../storage/tx.ts';

/** What every command is given: the transaction it runs in, the moment, and a source of ids. */
export interface CommandContext {
  readonly tx: Tx;
  readonly nowMs: number;
  readonly newId: () => string;
}

/** A write: decides in core, persists through the transaction, and says what came of it. */
export type Command<Args, Value> = (context: CommandContext, args: Args) => Promise<Result<Value>>;
