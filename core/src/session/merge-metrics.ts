import { failure, success, type Result } from '../result.ts';
import type { MetricValue, Session } from './session.ts';

/** Keys of one's own that a session may carry beside the reserved ones (S7). */
export const maxCustomMetrics = 10;

/** How long after its end a session still takes metrics, ms: 7 days (S7). */
export const metricsWindowMs = 7 * 86_400_000;

/**
 * Takes metrics into the session, per key the newest; refuses the whole call, naming the key, if any is bad (S7).
 * `recordedAtMs` is on the server's clock; among others it counts as no later than `arrivedAtMs` (E6).
 */
export function mergeMetrics(
  session: Session,
  metrics: Readonly<Record<string, unknown>>,
  recordedAtMs: number,
  arrivedAtMs: number = recordedAtMs,
): Result<{ changed: boolean }> {
  const closed = session.status === 'done' && session.endedAtMs !== null;
  if (closed && recordedAtMs > (session.endedAtMs ?? 0) + metricsWindowMs) {
    return failure(
      'session_closed',
      `Cannot set metrics of session ${session.id}: it ended more than 7 days before recorded_at`,
    );
  }
  for (const [key, value] of Object.entries(metrics)) {
    const problem = metricProblem(key, value);
    if (problem !== null)
      return failure('invalid', problem, [
        { path: `metrics.${key}`, code: 'invalid', message: problem },
      ]);
  }
  const over = keyOverLimit(session.metrics, metrics);
  if (over !== null) {
    return failure(
      'invalid',
      `Cannot set metric ${JSON.stringify(over)}: a session holds at most ${maxCustomMetrics} custom keys`,
    );
  }
  return success({ changed: takeNewest(session, metrics, Math.min(recordedAtMs, arrivedAtMs)) });
}

/** What is wrong with one metric, in words; null when it is good (S7). */
export function metricProblem(key: string, value: unknown): string | null {
  const found = `got ${JSON.stringify(value) ?? String(value)}`;
  if (key === 'goal_completed') {
    return typeof value === 'boolean'
      ? null
      : `Cannot set metric "goal_completed": wanted true or false, ${found}`;
  }
  if (key === 'score') {
    const inRange = typeof value === 'number' && value >= 0 && value <= 1;
    return inRange ? null : `Cannot set metric "score": wanted a number from 0 to 1, ${found}`;
  }
  if (!metricName.test(key)) {
    return `Cannot set metric ${JSON.stringify(key)}: a name is 1 to 64 of a-z, A-Z, 0-9, "_", ".", "-"`;
  }
  const good = typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value));
  return good
    ? null
    : `Cannot set metric ${JSON.stringify(key)}: wanted a finite number or true or false, ${found}`;
}

const metricName = /^[a-zA-Z0-9_.-]{1,64}$/;

function keyOverLimit(
  stored: Readonly<Record<string, MetricValue>>,
  added: Readonly<Record<string, unknown>>,
): string | null {
  const custom = new Set(Object.keys(stored).filter((key) => !isReserved(key)));
  for (const key of Object.keys(added)) {
    if (isReserved(key)) continue;
    custom.add(key);
    if (custom.size > maxCustomMetrics) return key;
  }
  return null;
}

function isReserved(key: string): boolean {
  return key === 'goal_completed' || key === 'score';
}

function takeNewest(
  session: Session,
  metrics: Readonly<Record<string, unknown>>,
  recordedAtMs: number,
): boolean {
  let changed = false;
  for (const [key, value] of Object.entries(metrics)) {
    const standing = session.metricTimes[key];
    if (standing !== undefined && standing > recordedAtMs) continue;
    changed ||= standing !== recordedAtMs || session.metrics[key] !== value;
    session.metrics = { ...session.metrics, [key]: value as MetricValue };
    session.metricTimes = { ...session.metricTimes, [key]: recordedAtMs };
  }
  return changed;
}
