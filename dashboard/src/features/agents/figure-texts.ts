import type { AgentCard } from '@niitaka/protocol/agent.ts';
import { formatCount, formatNoun } from '../../lib/format-count.ts';
import { formatDuration } from '../../lib/format-duration.ts';
import { formatNanoUsd } from '../../lib/format-money.ts';
import { errorRate } from './error-rate.ts';

/** What the figures of an agent are made of. */
export type AgentFigures = Pick<
  AgentCard,
  | 'running'
  | 'sessions'
  | 'with_errors'
  | 'cost'
  | 'cost_nano_usd'
  | 'unpriced'
  | 'incomplete'
  | 'steps_average'
  | 'duration_p95_ms'
>;

/** A figure in words: a zero steps back, a bad one stands out, what is not the whole truth says why. */
export interface FigureText {
  readonly text: string;
  readonly tone: 'plain' | 'faint' | 'bad' | 'alive';
  readonly caution: string | null;
}

/** Cost in the precision its size asks for; "no price" rather than $0 where calls have none (S6). */
export function costText(of: AgentFigures): FigureText {
  const caution = cautionText(of);
  if (of.cost_nano_usd === '0') {
    return { text: of.unpriced > 0 ? 'no price' : '$0', tone: 'faint', caution };
  }
  return { text: formatNanoUsd(of.cost_nano_usd), tone: 'plain', caution };
}

/** Sessions that run now. */
export function runningText({ running }: Pick<AgentFigures, 'running'>): FigureText {
  return plain(formatCount(running), running === 0 ? 'faint' : 'alive');
}

/** How many sessions had errors, in percent. */
export function errorRateText(of: Pick<AgentFigures, 'sessions' | 'with_errors'>): FigureText {
  const rate = errorRate(of);
  if (rate === null) return none;
  return plain(percentText(rate), of.with_errors === 0 ? 'faint' : 'bad');
}

/** The average number of steps of a session. */
export function stepsText({
  steps_average: steps,
}: Pick<AgentFigures, 'steps_average'>): FigureText {
  if (steps === null) return none;
  return plain(steps >= 100 ? formatCount(steps) : steps.toFixed(1));
}

/** The duration that 95 of 100 sessions stayed below. */
export function durationText(of: Pick<AgentFigures, 'duration_p95_ms'>): FigureText {
  return of.duration_p95_ms === null ? none : plain(formatDuration(of.duration_p95_ms));
}

/** A share in percent: one place below 10, none above, never 0 % for some nor 100 % for not all. */
export function percentText(share: number): string {
  const percent = share * 100;
  if (percent > 0 && percent < 0.1) return '< 0.1 %';
  if (percent < 100 && percent > 99) return '> 99 %';
  return `${percent < 9.95 && percent > 0 ? percent.toFixed(1) : percent.toFixed(0)} %`;
}

const none = plain('–', 'faint');

function plain(text: string, tone: FigureText['tone'] = 'plain'): FigureText {
  return { text, tone, caution: null };
}

function cautionText({ unpriced, incomplete }: AgentFigures): string | null {
  const parts: string[] = [];
  if (unpriced > 0) parts.push(`${formatNoun(unpriced, 'call')} without a price`);
  if (incomplete > 0) parts.push(`${formatNoun(incomplete, 'session')} incomplete`);
  return parts.length === 0 ? null : parts.join('; ');
}
