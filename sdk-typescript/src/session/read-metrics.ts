import { entriesOf, isObject, refused, show } from './check-arguments.ts';
import type { Metrics } from './session-options.ts';

const customLimit = 10;
const namePattern = /^[a-zA-Z0-9_.-]{1,64}$/;
const reserved: Readonly<Record<string, string>> = { goalCompleted: 'goal_completed' };

/** Metrics as the wire has them, and what could not be taken. */
export interface ReadMetrics {
  readonly metrics: Record<string, number | boolean>;
  /** One sentence per value left out. */
  readonly problems: readonly string[];
}

/**
 * Parts metrics into good ones under their wire names and the problems of the others; `known` are the names that the
 * session has had before. Too many names of one's own refuse the whole call (S7).
 */
export function readMetrics(input: Metrics, known: ReadonlySet<string> = new Set()): ReadMetrics {
  const metrics: Record<string, number | boolean> = {};
  const problems: string[] = [];
  if (!isObject(input))
    return { metrics, problems: [refused('metrics', 'an object', input).message] };
  for (const [key, value] of entriesOf(input)) {
    if (value === undefined) continue;
    const name = reserved[key] ?? key;
    const problem = problemOf(name, value);
    if (problem === null) metrics[name] = value as number | boolean;
    else problems.push(problem);
  }
  const names = Object.keys(metrics);
  const over = [...new Set([...known, ...names].filter(isCustom))][customLimit];
  if (over === undefined) return { metrics, problems };
  return { metrics: {}, problems: [...problems, ...names.map(() => tooMany(over))] };
}

function isCustom(name: string): boolean {
  return name !== 'goal_completed' && name !== 'score';
}

function tooMany(name: string): string {
  return `at most ${customLimit} custom metrics: ${show(name)} would be one more`;
}

function problemOf(name: string, value: unknown): string | null {
  const isNumber = typeof value === 'number' && Number.isFinite(value);
  if (name === 'goal_completed') {
    return typeof value === 'boolean' ? null : problem('goalCompleted', 'true or false', value);
  }
  if (name === 'score') {
    const isScore = isNumber && value >= 0 && value <= 1;
    return isScore ? null : problem(name, 'a number from 0 to 1', value);
  }
  if (!namePattern.test(name)) {
    return problem("a metric's name", '1 to 64 of a-z A-Z 0-9 _ . -', name);
  }
  if (typeof value === 'boolean' || isNumber) return null;
  return problem(name, 'a finite number, true or false', value);
}

function problem(name: string, wanted: string, value: unknown): string {
  return refused(name, wanted, value).message;
}
