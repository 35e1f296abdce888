import { compilePolicies } from './compile-policies.ts';
import type { EvaluationState } from './decision.ts';
import { evaluate } from './evaluate.ts';
import type { Policy } from './policy.ts';

/** What a policy would have done to one session; of several deeds the first, and the stop above a warning (P9). */
export interface ReplayOutcome {
  /** `passed_at_end`: the last step passed the limit, so that no further one was left to be stopped. */
  action: 'warn' | 'abort' | 'retry' | 'fallback' | 'passed_at_end';
  /** The place of the event after which it was decided; null before the first step. */
  readonly place: number | null;
  /** When it was decided, ms since the epoch. */
  readonly atMs: number;
  /** What was found against the limit, nano-USD or steps; null for a failed call. */
  readonly found: bigint | null;
  /** What the session spent after it was stopped, nano-USD. */
  savedNanoUsd: bigint;
}

/** One session on its way through a replay. */
export interface Course {
  /** What it shares totals with: its tree, or its environment; nothing where the scope is the session. */
  readonly group: string;
  /** Whether the policy is asked about it; else it only adds to totals. */
  readonly isAsked: boolean;
  outcome: ReplayOutcome | null;
  /** The last event that counted. */
  place: number | null;
  total: Total | null;
}

/** A step that was taken. */
export interface ReplayedStep {
  readonly atMs: number;
  /** Names the event to whoever replays. */
  readonly place: number;
  readonly costNanoUsd: bigint;
}

/** A call that failed. */
export interface ReplayedFailure {
  readonly atMs: number;
  readonly place: number;
  readonly kind: string | null;
  readonly attempt: number;
  readonly model: string | null;
}

/** A replay of stored sessions against one policy. */
export interface Replay {
  begin(session: Pick<Course, 'group' | 'isAsked'>): Course;
  /** The next step of a session. Steps of sessions that share totals come in the order of their times. */
  takeStep(course: Course, step: ReplayedStep): void;
  takeFailure(course: Course, failure: ReplayedFailure): void;
}

/** What has been spent so far, and who has warned of it. */
export interface Total {
  readonly key: string;
  costNanoUsd: bigint;
  steps: number;
  warned: ReadonlySet<string>;
}

const dayMs = 86_400_000;
const nobody: ReadonlySet<string> = new Set();

/**
 * Opens a replay (P9): the policy is asked before and after each step by the totals at that time, whatever its mode.
 * What a session did after it was stopped counts towards no total. Day totals begin anew at 00:00 UTC.
 */
export function openReplay(policy: Policy): Replay {
  const { scope, agentId, environment } = policy;
  const asked = { ...policy, mode: 'enforce' } as const;
  const policies = compilePolicies([asked], agentId, environment ?? '');
  const totals = new Map<string, Total>();

  const totalOf = (course: Course, atMs: number): Total => {
    const { group, total } = course;
    if (scope === 'session') return total ?? emptyTotal('');
    const key = scope === 'tree' ? group : `${Math.floor(atMs / dayMs)}\n${group}`;
    if (total?.key === key) return total;
    const known = totals.get(key) ?? emptyTotal(key);
    totals.set(key, known);
    return known;
  };
  const ask = (course: Course, total: Total, atMs: number): void => {
    const { action, warnedNow } = evaluate(policies, stateOf(total), { type: 'step' });
    if (warnedNow.length > 0) total.warned = new Set(warnedNow);
    if (course.outcome !== null || (action !== 'warn' && action !== 'abort')) return;
    const found = policy.type === 'step_limit' ? BigInt(total.steps) : total.costNanoUsd;
    course.outcome = {
      action: action === 'abort' ? 'passed_at_end' : 'warn',
      place: course.place,
      atMs,
      found,
      savedNanoUsd: 0n,
    };
  };
  return {
    begin: (session) => ({ ...session, outcome: null, place: null, total: null }),
    takeStep(course, { atMs, place, costNanoUsd }) {
      const total = totalOf(course, atMs);
      course.total = total;
      // Others may have spent since the last step of this one.
      const isNews = scope !== 'session' || course.place === null;
      if (course.isAsked && isNews) ask(course, total, atMs);
      const { outcome } = course;
      if (outcome?.action === 'passed_at_end') outcome.action = 'abort';
      if (outcome?.action === 'abort') {
        outcome.savedNanoUsd += costNanoUsd;
        return;
      }
      total.costNanoUsd += costNanoUsd;
      total.steps += 1;
      course.place = place;
      if (course.isAsked) ask(course, total, atMs);
    },
    takeFailure(course, { atMs, place, ...call }) {
      if (course.outcome !== null || !course.isAsked) return;
      const state = stateOf(emptyTotal(''));
      const { action } = evaluate(policies, state, { type: 'error', ...call });
      if (action !== 'retry' && action !== 'fallback') return;
      course.outcome = { action, place, atMs, found: null, savedNanoUsd: 0n };
    },
  };
}

function emptyTotal(key: string): Total {
  return { key, costNanoUsd: 0n, steps: 0, warned: nobody };
}

/** A limit looks at one total only: that of its scope. */
function stateOf({ costNanoUsd, steps, warned }: Total): EvaluationState {
  return {
    costNanoUsd,
    steps,
    treeCostNanoUsd: costNanoUsd,
    treeSteps: steps,
    dayCostNanoUsd: costNanoUsd,
    daySteps: steps,
    orgDayCostNanoUsd: costNanoUsd,
    orgDaySteps: steps,
    warned,
  };
}
