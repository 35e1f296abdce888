import type { ControlCommand } from '@niitaka/core/control/control-command.ts';
import { usdNumber } from '@niitaka/core/money/nano-usd.ts';
import type { EvaluationTotals } from '@niitaka/core/policy/decision.ts';
import type { Session, SessionStatus } from '@niitaka/core/session/session.ts';
import type { CommandContext } from '../command.ts';
import type { SnapshotRevision } from '../../storage/policy-tx.ts';
import type { AnsweredDecision } from './answered-decision.ts';
import type { BatchWork } from './batch-work.ts';
import type { PolicyGround } from './policy-ground.ts';
import { standingAborts } from './standing-aborts.ts';
import type { Spender } from './warnings.ts';

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
  ground: PolicyGround,
): Promise<IngestOutcome[]> {
  const [first] = works;
  if (first === undefined) return [];
  const { orgId } = first;
  const known = [...new Set(named.flatMap((ids) => [...ids]))].flatMap(
    (id) => first.sessions.get(id)?.session ?? [],
  );
  const { spenders, answered } = await answeredSessions(context, known, ground);
  const toTell = sessionsToTell(works, named);
  const undecided = spenders.filter(
    ({ session: { id } }) => toTell.has(id) && !first.decisions.has(id),
  );
  const decisions = new Map([
    ...first.decisions,
    ...(await standingAborts(context, orgId, undecided)),
  ]);
  const orders = await openOrders(context, orgId, works);
  return works.map((work, index) => {
    const sessions = [...(named[index] ?? [])].flatMap((id) => {
      const session = answered.get(id);
      if (session === undefined) return [];
      const decision = work.evaluates ? undefined : decisions.get(id);
      return [decision === undefined ? session : { ...session, decision }];
    });
    const control = sessions.flatMap(({ session_id: id }) => orders.get(id) ?? []);
    return answerOf(work, sessions, control);
  });
}

/** The sessions of senders that do not ask the policies themselves. */
function sessionsToTell(
  works: readonly BatchWork[],
  named: readonly ReadonlySet<string>[],
): ReadonlySet<string> {
  return new Set(works.flatMap((work, index) => (work.evaluates ? [] : [...(named[index] ?? [])])));
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

interface Answered {
  /** Those that policies are for. */
  readonly spenders: readonly Spender[];
  readonly answered: ReadonlyMap<string, AnsweredSession>;
}

/** Every session named, as it stands now: what is asked of the database is asked for all of them. */
async function answeredSessions(
  context: CommandContext,
  sessions: readonly Session[],
  { policies, warnings, totalsOf }: PolicyGround,
): Promise<Answered> {
  const spenders: Spender[] = [];
  const totals = new Map<Session, EvaluationTotals>();
  for (const session of sessions) {
    const spent = await totalsOf(session);
    totals.set(session, spent);
    const own = await policies.of(context.tx, session.agentId, session.environment);
    if (own !== null) spenders.push({ session, policies: own, totals: spent });
  }
  await warnings.load(spenders);
  const answered = [...totals].map(([session, spent]) => {
    const wide = warnings.told(session).filter(({ scope }) => scope !== 'session');
    const warned = wide.map(({ id }) => id);
    return answeredSession(session, spent, warned, policies.revision);
  });
  return { spenders, answered: new Map(answered.map((one) => [one.session_id, one])) };
}

function answeredSession(
  session: Session,
  totals: EvaluationTotals,
  warned: readonly string[],
  { policies, prices }: SnapshotRevision,
): AnsweredSession {
  return {
    session_id: session.id,
    status: session.status,
    total_cost: usdNumber(totals.costNanoUsd),
    step_count: totals.steps,
    tree_cost: usdNumber(totals.treeCostNanoUsd),
    tree_step_count: totals.treeSteps,
    day_cost: usdNumber(totals.dayCostNanoUsd),
    day_steps: totals.daySteps,
    org_day_cost: usdNumber(totals.orgDayCostNanoUsd),
    org_day_steps: totals.orgDaySteps,
    warned,
    policy_revision: policies + prices,
  };
}
