import { cutText } from '../text/cut-text.ts';
import { policyLimits } from './policy-limits.ts';

/** Where a policy is wrong, and what was wanted and found there. */
export interface Trouble {
  readonly at: string;
  readonly reason: string;
}

/** Names the place, what was wanted, and what was found instead. */
export function trouble(at: string, wanted: string, found: unknown): Trouble {
  return { at, reason: `must be ${wanted}: got ${shown(found)}` };
}

/** Whether a value is text that names something: not empty, at most 200 characters. */
export function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && isShort(value);
}

/** Whether a value is a whole number within both bounds. */
export function isWhole(value: unknown, least: number, most: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most;
}

/** Whether a value is a plain object. */
export function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isShort(text: string): boolean {
  const { nameCharacters: limit } = policyLimits;
  return text.length <= limit || (text.length <= 2 * limit && [...text].length <= limit);
}

function shown(value: unknown): string {
  return value === undefined ? 'nothing' : cutText(JSON.stringify(value) ?? typeof value, 100).text;
}
