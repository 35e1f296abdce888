import type { ControlCommand } from '@niitaka/core/control/control-command.ts';
import { usdNumber } from '@niitaka/core/money/nano-usd.ts';
import type { SessionStatus } from '@niitaka/core/session/session.ts';
import type { StoredSession } from '../../storage/session-tx.ts';
import type { CommandContext } from '../command.ts';
import type { AnsweredDecision } from './evaluate-policies.ts';
import type { BatchWork } from './batch-work.ts';

/** A session named in the batch, with what it, its tree and its day have spent. */
export interface AnsweredSession {
  readonly session_id: string;
  readonly status: SessionStatus;
  readonly total_cost: number;
  readonly step_count: number;
  readonly tree_cost: number;
  readonly tree_step_count: number;
  readonly day_cost: number;
  readonly day_steps: number;
  readonly org_day_cost: number;
  readonly org_day_steps: number;
  readonly warned: readonly string[];
  readonly policy_revision: number;
  readonly decision?: AnsweredDecision;
}

/** What an operator asks of a session named in the batch (G3). */
export interface ControlOrder {
  readonly session_id: string;
  readonly command_id: string;
  readonly command: ControlCommand['command'];
  readonly args: ControlCommand['args'];
}

/** The answer to one batch, on the wire's terms. */
export interface IngestOutcome {
  readonly accepted: number;
  readonly duplicates: number;
  readonly rejected: readonly {
    index: number;
    code: string;
    message: string;
    retryable: boolean;
  }[];
  readonly sessions: readonly AnsweredSession[];
  readonly control: readonly ControlOrder[];
  readonly warnings: readonly string[];
}

/** Warnings in one answer; more are counted in the last one. */
const maxWarnings = 100;

/** The answers of batches that shared a transaction, for the sessions each named, after everything was applied. */
export async function ingestAnswers(
  context: CommandContext,
  works: readonly BatchWork[],
  named: readonly ReadonlySet<string>[],
): Promise<IngestOutcome[]> {
  const orgId = works[0]?.orgId ?? '';
  const spent = spentReader(context, orgId);
  const orders = await openOrders(context, orgId, works);
  const answers: IngestOutcome[] = [];
  for (const [index, work] of works.entries()) {
    const sessions: AnsweredSession[] = [];
    for (const id of named[index] ?? []) {
      const stored = work.sessions.get(id);
      if (stored === undefined) continue;
      const decision = work.evaluates ? undefined : work.decisions.get(id);
      sessions.push(
        decision === undefined ? await spent(stored) : { ...(await spent(stored)), decision },
      );
    }
    const control = sessions.flatMap(({ session_id: id }) => orders.get(id) ?? []);
    answers.push(answerOf(work, sessions, control));
  }
  return answers;
}

/** Commands that wait to be obeyed, of the sessions that were worked on and are not done. */
async function openOrders(
  { tx }: CommandContext,
  orgId: string,
  works: readonly BatchWork[],
): Promise<ReadonlyMap<string, ControlOrder[]>> {
  const stored = works[0]?.sessions.all() ?? [];
  const ids = [...stored]
    .filter(({ session }) => session.status !== 'done')
    .map(({ session }) => session.id);
  const commands = await tx.openCommands(orgId, ids);
  return Map.groupBy(commands.map(orderOf), (order) => order.session_id);
}

function orderOf({ sessionId, id, command, args }: ControlCommand): ControlOrder {
  return { session_id: sessionId, command_id: id, command, args };
}

function answerOf(
  work: BatchWork,
  sessions: readonly AnsweredSession[],
  control: readonly ControlOrder[],
): IngestOutcome {
  const rejected = work.refused
    .toSorted((a, b) => a.index - b.index)
    .map(({ index, code, message, retryable }) => ({ index, code, message, retryable }));
  return {
    accepted: work.accepted,
    duplicates: work.duplicates,
    rejected,
    sessions,
    control,
    warnings: cutWarnings(work.warnings),
  };
}

function cutWarnings(warnings: readonly string[]): readonly string[] {
  if (warnings.length <= maxWarnings) return warnings;
  const more = warnings.length - maxWarnings + 1;
  return [...warnings.slice(0, maxWarnings - 1), `${more} more warnings`];
}

/** Reads what trees and days have spent, each once. */
function spentReader(
  { tx, nowMs }: CommandContext,
  orgId: string,
): (stored: StoredSession) => Promise<AnsweredSession> {
  const today = Math.floor(nowMs / 86_400_000) * 86_400_000;
  const revision = tx.policyRevision(orgId);
  const trees = once((root) => tx.treeSpent(orgId, root));
  const days = once((environment) => tx.daySpent(orgId, environment, today, null));
  const agentDays = once((key) => {
    // A name may hold any character, an agent's id no control character.
    const at = key.lastIndexOf('\n');
    const [environment, agentId] = [key.slice(0, at), key.slice(at + 1)];
    return tx.daySpent(orgId, environment, today, agentId);
  });
  return async ({ session }) => {
    const own = { costNanoUsd: session.totalCostNanoUsd, steps: session.stepCount };
    const inTree = session.parentSessionId !== null || session.childCount > 0;
    const tree = inTree ? await trees(session.rootSessionId) : own;
    const day = await agentDays(`${session.environment}\n${session.agentId ?? ''}`);
    const orgDay = await days(session.environment);
    return {
      session_id: session.id,
      status: session.status,
      total_cost: usdNumber(own.costNanoUsd),
      step_count: own.steps,
      tree_cost: usdNumber(tree.costNanoUsd),
      tree_step_count: tree.steps,
      day_cost: usdNumber(day.costNanoUsd),
      day_steps: day.steps,
      org_day_cost: usdNumber(orgDay.costNanoUsd),
      org_day_steps: orgDay.steps,
      warned: [],
      policy_revision: await revision,
    };
  };
}

/** Reads each key once. */
function once<T>(read: (key: string) => Promise<T>): (key: string) => Promise<T> {
  const cache = new Map<string, Promise<T>>();
  return (key) => {
    const known = cache.get(key) ?? read(key);
    cache.set(key, known);
    return known;
  };
}
