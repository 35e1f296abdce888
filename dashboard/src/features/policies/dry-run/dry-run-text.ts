import { formatCount, formatNoun } from '../../../lib/format-count.ts';
import { formatNanoUsdExact, formatUsd } from '../../../lib/format-money.ts';
import { strong, type Phrase } from '../../../lib/policy-words/phrase.ts';
import type { DryRunItem, DryRunResult } from '@niitaka/protocol/policy-dry-run.ts';

/** What a policy would have done over a range, as one sentence (P9). */
export function dryRunText(result: DryRunResult, days: number): Phrase {
  const { sessions, cost_saved: saved } = result;
  const of = ` of ${formatNoun(sessions, 'session')} in ${rangeText(days)}`;
  if (sessions === 0) return [`No session in ${rangeText(days)} to replay`];
  const acts = [
    act('stopped', result.aborted),
    act('warned of', result.warned),
    act('repeated calls of', result.retried),
    act('changed the model of', result.fallback),
  ].filter((one) => one !== null);
  if (acts.length === 0) return ['It would have done ', strong('nothing'), ' in any', of];
  const told = acts.flatMap((one, index) => (index === 0 ? one : [' and ', ...one]));
  const saves: Phrase = saved > 0 ? [', and saved ', strong(formatUsd(saved))] : [];
  return ['It would have ', ...told, of, ...saves];
}

/** What speaks against trusting it: goals that were met, limits passed too late, calls without a price (P2, P9). */
export function dryRunNotes(result: DryRunResult): string[] {
  const { passed_at_end: late, unpriced } = result;
  return [
    ...harmNotes(result),
    ...(late > 0
      ? [`${sessionsText(late)} passed the limit with the last step: too late to stop.`]
      : []),
    ...(unpriced > 0
      ? [`${sessionsText(unpriced)} had calls without a price, which a cost limit does not see.`]
      : []),
  ];
}

/** What was found against what was allowed: "$0.52 > $0.50", "41 ≥ 40 steps"; empty for failed calls. */
export function foundText(item: Pick<DryRunItem, 'found' | 'threshold'>, isCost: boolean): string {
  const { found, threshold } = item;
  if (found === null || threshold === null) return '';
  if (isCost) return costText(found, threshold);
  return `${formatCount(found)} ≥ ${formatNoun(threshold, 'step')}`;
}

/** Amounts that differ too little to be told apart are told in all their digits. */
function costText(found: number, threshold: number): string {
  const isNear = formatUsd(found) === formatUsd(threshold);
  const text = (usd: number) => (isNear ? exactUsd(usd) : formatUsd(usd));
  return `${text(found)} > ${text(threshold)}`;
}

function exactUsd(usd: number): string {
  return formatNanoUsdExact(BigInt(Math.round(usd * 1e9)));
}

function harmNotes({ aborted, goal_completed_among_aborted: met }: DryRunResult): string[] {
  if (met === 0) return [];
  if (met < aborted) {
    return [
      `${formatCount(met)} of the ${formatCount(aborted)} it would have stopped met their goal.`,
    ];
  }
  return [
    aborted === 1
      ? 'The one it would have stopped met its goal.'
      : `All ${formatCount(aborted)} it would have stopped met their goal.`,
  ];
}

function act(verb: string, count: number): Phrase | null {
  return count === 0 ? null : [`${verb} `, strong(formatCount(count))];
}

function sessionsText(count: number): string {
  return formatNoun(count, 'session');
}

function rangeText(days: number): string {
  return days === 1 ? '24 h' : `${days} d`;
}
