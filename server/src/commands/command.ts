import type { Price } from '@niitaka/core/cost/price.ts';
import type { Result } from '@niitaka/core/result.ts';
import type { Tx } from '../storage/tx.ts';
import type { PolicyCache } from './policy-cache.ts';
import type { RootPublisher } from './root-publisher.ts';

/** What every command is given: the transaction it runs in, the moment, and what it needs to decide. */
export interface CommandContext {
  readonly tx: Tx;
  readonly nowMs: number;
  readonly newId: () => string;
  readonly staleAfterMs: number;
  readonly findPrice: (provider: string | null, model: string | null, atMs: number) => Price | null;
  readonly roots: RootPublisher;
  readonly policies: PolicyCache;
}

/** A write: decides in core, persists through the transaction, and says what came of it. */
export type Command<Args, Value> = (context: CommandContext, args: Args) => Promise<Result<Value>>;
