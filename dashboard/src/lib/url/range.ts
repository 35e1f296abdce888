import type { SearchParams } from './search-params.ts';

const DAY = 86_400_000;

/** The ranges with a name; `custom` is any other, from and to. */
export const rangeNames = ['24h', '7d', '30d', 'custom'] as const;

export type RangeName = (typeof rangeNames)[number];

/** A range of starts: relative ones have no end, they move with time. */
export interface Range {
  readonly name: RangeName;
  readonly fromMs: number;
  readonly toMs: number | null;
}

/** The range a URL names: `range=24h|30d`, or `from` and `to` in RFC 3339; 7 days otherwise. */
export function rangeOf(search: SearchParams, nowMs: number): Range {
  const fromMs = Date.parse(search['from'] ?? '');
  const toMs = Date.parse(search['to'] ?? '');
  if (Number.isFinite(fromMs) && Number.isFinite(toMs) && fromMs < toMs) {
    return { name: 'custom', fromMs, toMs };
  }
  const name = search['range'] === '24h' || search['range'] === '30d' ? search['range'] : '7d';
  return { name, fromMs: nowMs - lengths[name], toMs: null };
}

/** What the URL says of a named range. */
export function relativeRangeSearch(name: '24h' | '7d' | '30d'): SearchParams {
  return { range: name === '7d' ? undefined : name, from: undefined, to: undefined };
}

/** What the URL says of a range from one moment to another. */
export function customRangeSearch(fromMs: number, toMs: number): SearchParams {
  return {
    range: undefined,
    from: new Date(fromMs).toISOString(),
    to: new Date(toMs).toISOString(),
  };
}

/** Words for the range before: "vs previous 7 d". */
export function previousLabel(range: Range): string {
  if (range.name === 'custom') return 'vs the range before';
  return `vs previous ${range.name === '24h' ? '24 h' : range.name.replace('d', ' d')}`;
}

const lengths = { '24h': DAY, '7d': 7 * DAY, '30d': 30 * DAY } as const;
