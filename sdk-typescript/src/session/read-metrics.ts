import { show } from './check-arguments.ts';
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
  for (const [key, value] of Object.entries(input ?? {})) {
    if (value === undefined) continue;
    const name = reserved[key] ?? key;
    const problem = problemOf(name, value);
    if (problem === null) metrics[name] = value;
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
  return `metric "${name}" is one too many: at most ${customLimit} keys of one's own`;
}

function problemOf(name: string, value: unknown): string | null {
  if (name === 'goal_completed') {
    return typeof value === 'boolean'
      ? null
      : `goalCompleted must be true or false, got ${show(value)}`;
  }
  if (name === 'score') {
    const isScore = typeof value === 'number' && value >= 0 && value <= 1;
    return isScore ? null : `score must be a number from 0 to 1, got ${show(value)}`;
  }
  if (!namePattern.test(name)) {
    return `metric name must be 1 to 64 of a-z A-Z 0-9 _ . -, got ${show(name)}`;
  }
  const isValue =
    typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value));
  return isValue
    ? null
    : `metric "${name}" must be a finite number or true/false, got ${show(value)}`;
}
