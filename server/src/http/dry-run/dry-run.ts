import type { SessionFilter } from '@niitaka/core/session/session-filter.ts';
import type { Policy } from '@niitaka/core/policy/policy.ts';
import type { DryRunProgress, DryRunResult } from '@niitaka/protocol/policy-dry-run.ts';
import type { ReplayPosition, ReplaySession } from '../../storage/replay-reader.ts';
import type { ReplaySource } from './read-events.ts';
import { mayReach, replaySessions } from './replay-sessions.ts';
import { replayInTime, type SharingSession } from './replay-in-time.ts';
import { openTally, type Tally } from './tally.ts';

/** What is replayed against which policy. */
export interface DryRun {
  readonly policy: Policy;
  readonly fromMs: number;
  /** The first moment after the range. */
  readonly toMs: number;
  readonly environment: string | null;
  readonly agentId: string | null;
}

/** What a dry run tells: how far it is, and at last what came of it. */
export type DryRunMessage =
  | { readonly name: 'progress'; readonly data: DryRunProgress }
  | { readonly name: 'result'; readonly data: DryRunResult };

/** Sessions read at a time. */
const pageSessions = 1_000;

/** Trees read at a time, and sessions of them; where these are more each is read alone, and one with more is cut. */
const pageTrees = 50;
const treeSessions = 20_000;

const dayMs = 86_400_000;

/**
 * Replays the stored sessions that started in a range, newest first, against one policy (P9). Each read is a short one
 * by itself; whoever stops listening ends it between two of them.
 */
export async function* dryRun(
  source: ReplaySource,
  asked: DryRun,
  clock: () => number,
): AsyncGenerator<DryRunMessage> {
  const { policy } = asked;
  const { reader, orgId } = source;
  const tally = openTally(policy);
  const filter = filterOf(asked);
  const isAsked = askedBy(asked);
  const { sessions: total } = await reader.rangeTotals(orgId, filter, clock());
  let done = 0;
  const progress = (): DryRunMessage => ({
    name: 'progress',
    data: { sessions_done: done, sessions_total: Math.max(done, total) },
  });
  yield progress();
  const isLimit = policy.type === 'cost_limit' || policy.type === 'step_limit';
  const scope = isLimit ? policy.scope : 'session';
  const treesDone = new Set<string>();
  const today: SharingSession[] = [];
  for await (const page of pagesOf(source, scope === 'day' ? wholeDays(asked) : filter)) {
    const wanted = page.filter(isAsked);
    tally.count(wanted.length);
    if (scope === 'day') today.push(...page.map((session) => ofDay(session, isAsked(session))));
    else if (scope === 'tree')
      await replayTrees({ source, asked, isAsked, done: treesDone, tally }, wanted);
    else await replaySessions(source, policy, wanted, tally);
    done += wanted.length;
    yield progress();
  }
  if (scope === 'day') await replayInTime(source, policy, today, tally);
  yield { name: 'result', data: tally.result() };
}

async function* pagesOf(
  { reader, orgId, signal }: ReplaySource,
  filter: SessionFilter,
): AsyncGenerator<ReplaySession[]> {
  let after: ReplayPosition | null = null;
  do {
    signal.throwIfAborted();
    const page: ReplaySession[] = await reader.replaySessions(orgId, filter, after, pageSessions);
    if (page.length > 0) yield page;
    const last = page.length < pageSessions ? undefined : page.at(-1);
    after = last === undefined ? null : { startedAtMs: last.startedAtMs, id: last.id };
  } while (after !== null);
}

interface TreeReplay {
  readonly source: ReplaySource;
  readonly asked: DryRun;
  readonly isAsked: (session: ReplaySession) => boolean;
  /** Roots of trees that have been replayed. */
  readonly done: Set<string>;
  readonly tally: Tally;
}

/** Each tree once, whole, whichever of its sessions are in the range. */
async function replayTrees(work: TreeReplay, page: readonly ReplaySession[]): Promise<void> {
  const { source, asked, done, tally } = work;
  const alone = page.filter((session) => session.isAlone);
  await replaySessions(source, asked.policy, alone, tally);
  const roots = new Set(page.filter(({ isAlone }) => !isAlone).map((one) => one.rootSessionId));
  const fresh = [...roots].filter((root) => !done.has(root));
  for (const root of fresh) done.add(root);
  for (let from = 0; from < fresh.length; from += pageTrees) {
    await replaySome(work, fresh.slice(from, from + pageTrees));
  }
}

/** Trees that cannot reach the limit are not read. */
async function replaySome(work: TreeReplay, roots: readonly string[]): Promise<void> {
  const { source, asked, isAsked, tally } = work;
  const { policy } = asked;
  const sessions = await source.reader.replayTrees(source.orgId, roots, treeSessions);
  if (sessions.length >= treeSessions && roots.length > 1) {
    for (const root of roots) await replaySome(work, [root]);
    return;
  }
  const trees = Map.groupBy(sessions, ({ rootSessionId }) => rootSessionId);
  const reaching = [...trees.values()].filter((tree) => mayReach(policy, sumOf(tree))).flat();
  const sharing = reaching.map((session) => ({
    session,
    group: session.rootSessionId,
    isAsked: isAsked(session),
  }));
  await replayInTime(source, policy, sharing, tally);
}

function sumOf(tree: readonly ReplaySession[]) {
  const sum = { costNanoUsd: 0n, steps: 0, errors: 0 };
  for (const { costNanoUsd, steps, errors } of tree) {
    sum.costNanoUsd += costNanoUsd;
    sum.steps += steps;
    sum.errors += errors;
  }
  return sum;
}

/** The sessions that the policy is for, where it is asked about fewer of them. */
function filterOf({ policy, fromMs, toMs, environment, agentId }: DryRun): SessionFilter {
  const agents = [policy.agentId, agentId].filter((one) => one !== null);
  const environments = [policy.environment, environment].filter((one) => one !== null);
  return {
    fromMs,
    toMs,
    ...(agents.length === 0 ? {} : { agentIds: sameOrNone(agents) }),
    ...(environments.length === 0 ? {} : { environments: sameOrNone(environments) }),
  };
}

/** Two different names leave nobody. */
function sameOrNone(names: readonly string[]): readonly string[] {
  return new Set(names).size > 1 ? [] : names.slice(0, 1);
}

/** What spends from the same days: from the midnight before the range, and of every agent for all of them. */
function wholeDays(asked: DryRun): SessionFilter {
  const fromMs = Math.floor(asked.fromMs / dayMs) * dayMs;
  return filterOf({ ...asked, fromMs, agentId: null });
}

function ofDay(session: ReplaySession, isAsked: boolean): SharingSession {
  return { session, group: session.environment, isAsked };
}

function askedBy(asked: DryRun): (session: ReplaySession) => boolean {
  const { agentIds, environments } = filterOf(asked);
  return ({ startedAtMs, agentId, environment }) =>
    startedAtMs >= asked.fromMs &&
    startedAtMs < asked.toMs &&
    (agentIds === undefined || (agentId !== null && agentIds.includes(agentId))) &&
    (environments === undefined || environments.includes(environment));
}
