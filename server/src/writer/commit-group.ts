import { failure, success, type Result } from '@niitaka/core/result.ts';
import type { CommandContext } from '../commands/command.ts';
import type { IngestOutcome } from '../commands/ingest/ingest-answer.ts';
import { ingestBatches } from '../commands/ingest/ingest-batch.ts';
import type { ParsedBatch } from '../commands/ingest/record.ts';
import type { Tx } from '../storage/tx.ts';

/** One caller's part of a group: a batch, or a command by itself. */
export type GroupPart =
  | {
      readonly kind: 'ingest';
      readonly orgId: string;
      readonly batch: ParsedBatch;
      readonly arrivedAtMs: number;
    }
  | {
      readonly kind: 'command';
      readonly run: (context: CommandContext) => Promise<Result<unknown>>;
    };

/** What came of one part. */
export type PartOutcome = Result<IngestOutcome | unknown>;

/** How transactions are begun and ended. */
export interface Transactions {
  /** The one that has begun. */
  readonly tx: Tx;
  begin(kind: GroupPart['kind']): void | Promise<void>;
  commit(): void | Promise<void>;
  rollback(): void | Promise<void>;
  /** Whether the same work may succeed at once after this failure. */
  mayPass?(error: unknown): boolean;
  /** Organisations with changes for the live feed, committed since the last call. */
  takeChanged(): string[];
}

/** Everything of a command's context but transaction and moment. */
export type ContextParts = Omit<CommandContext, 'tx' | 'nowMs'>;

/**
 * Carries out a group in one transaction. When the store fails, all of it is rolled back and each part is tried once
 * alone; a part that fails again is `unavailable`, the others are not harmed.
 */
export async function commitGroup(
  engine: Transactions,
  parts: readonly GroupPart[],
  base: ContextParts,
  clock: () => number,
  report: (error: unknown) => void,
): Promise<PartOutcome[]> {
  try {
    return await transact(engine, parts, base, clock);
  } catch (error) {
    report(error);
    if (parts.length === 1 && engine.mayPass?.(error) !== true) return [unavailable];
  }
  const outcomes: PartOutcome[] = [];
  for (const part of parts) outcomes.push(await alone(engine, part, base, clock, report));
  return outcomes;
}

const unavailable = failure('unavailable', 'The storage failed: nothing was written, try again');

async function alone(
  engine: Transactions,
  part: GroupPart,
  base: ContextParts,
  clock: () => number,
  report: (error: unknown) => void,
): Promise<PartOutcome> {
  try {
    const [outcome = unavailable] = await transact(engine, [part], base, clock);
    return outcome;
  } catch (error) {
    report(error);
    return unavailable;
  }
}

async function transact(
  engine: Transactions,
  parts: readonly GroupPart[],
  base: ContextParts,
  clock: () => number,
): Promise<PartOutcome[]> {
  await engine.begin(parts[0]?.kind ?? 'ingest');
  try {
    const context = { ...base, tx: engine.tx, nowMs: clock() };
    const outcomes = await carryOut(context, parts);
    const isRefused = parts[0]?.kind === 'command' && outcomes[0]?.ok === false;
    if (isRefused) await engine.rollback();
    else await engine.commit();
    return outcomes;
  } catch (error) {
    await engine.rollback();
    throw error;
  }
}

/** A command is a group of its own; batches are taken together by organisation, in the order of their ids. */
async function carryOut(
  context: CommandContext,
  parts: readonly GroupPart[],
): Promise<PartOutcome[]> {
  const [first] = parts;
  if (first?.kind === 'command') return [await first.run(context)];
  const batches = parts.filter((part) => part.kind === 'ingest');
  const byOrganisation = Map.groupBy(batches, ({ orgId }) => orgId);
  const outcomes = new Map<GroupPart, PartOutcome>();
  for (const orgId of [...byOrganisation.keys()].toSorted()) {
    const own = byOrganisation.get(orgId) ?? [];
    const answers = await ingestBatches(context, orgId, own);
    for (const [index, part] of own.entries()) {
      const answer = answers[index];
      if (answer !== undefined) outcomes.set(part, success(answer));
    }
  }
  return parts.map((part) => outcomes.get(part) ?? unavailable);
}
