import type { SessionStats } from '@niitaka/protocol/session.ts';
import { formatChange, formatCount } from '../../../lib/format-count.ts';
import { formatNanoUsd } from '../../../lib/format-money.ts';

/** A change against the range before. */
export interface Change {
  readonly text: string;
  readonly up: boolean;
}

/** One tile in words. */
export interface TileText {
  readonly id: 'total' | 'running' | 'cost' | 'agents';
  readonly label: string;
  readonly figure: string;
  readonly change: Change | null;
  /** Whether more is worse. */
  readonly costly: boolean;
  readonly notes: readonly string[];
  readonly caution: boolean;
  readonly series: readonly number[];
}

/** The four tiles of the page; `before` names the range compared with. */
export function tileTexts(stats: SessionStats, before: string): TileText[] {
  const { total_sessions: total, running, total_cost: cost, unique_agents: agents } = stats;
  return [
    {
      ...plain('total', 'Total Sessions', formatCount(total.value), total.series),
      change: changeOf(total.value, total.previous),
      notes: comparison(total.value, total.previous, before),
    },
    {
      ...plain('running', 'Running', formatCount(running.value), running.series),
      notes: [running.quiet > 0 ? `${formatCount(running.quiet)} quiet` : 'right now'],
    },
    {
      ...plain('cost', 'Total Cost', costFigure(cost), cost.series),
      change: changeOf(cost.value, cost.previous),
      costly: true,
      notes: costNotes(cost, before),
      caution: cost.unpriced > 0 || cost.incomplete > 0,
    },
    {
      ...plain('agents', 'Unique Agents', formatCount(agents.value), agents.series),
      change: changeOf(agents.value, agents.previous),
      notes: comparison(agents.value, agents.previous, before),
    },
  ];
}

function plain(
  id: TileText['id'],
  label: string,
  figure: string,
  series: readonly number[],
): TileText {
  return { id, label, figure, series, change: null, costly: false, notes: [], caution: false };
}

function changeOf(value: number, previous: number | null): Change | null {
  if (previous === null || previous === value) return null;
  const text = formatChange(value, previous);
  return text === null ? null : { text, up: value > previous };
}

function comparison(value: number, previous: number | null, before: string): string[] {
  if (previous === null) return [];
  if (previous === 0) return [value === 0 ? 'as before' : 'none in the range before'];
  return [value === previous ? `as many ${before.replace('vs', 'in the')}` : before];
}

function costFigure(cost: SessionStats['total_cost']): string {
  return cost.nano_usd === '0' && cost.unpriced > 0 ? 'no price' : formatNanoUsd(cost.nano_usd);
}

function costNotes(cost: SessionStats['total_cost'], before: string): string[] {
  const notes: string[] = [];
  if (cost.unpriced > 0) notes.push(`${formatCount(cost.unpriced)} unpriced`);
  if (cost.incomplete > 0) notes.push(`${formatCount(cost.incomplete)} incomplete`);
  return notes.length > 0 ? notes : comparison(cost.value, cost.previous, before);
}
