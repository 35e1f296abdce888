import type { Event } from '@niitaka/protocol/event.ts';
import { formatCount } from '../../../lib/format-count.ts';
import { formatDuration } from '../../../lib/format-duration.ts';
import { formatUsd } from '../../../lib/format-money.ts';
import type { TimelineEvent } from '../timeline/timeline-event.ts';
import { isObject, textAt } from './json-shape.ts';

/** An event in a line: "6.8 s", "first token 1.0 s", "12,480 in (9,216 cached)", "1,102 out", "$0.0440". */
export function eventFacts(event: TimelineEvent, whole?: Event): string[] {
  const facts: (string | null)[] = [];
  if (event.endMs !== null && event.endMs > event.startMs) {
    facts.push(formatDuration(event.endMs - event.startMs));
  }
  if (event.endMs === null) facts.push('not finished');
  if (event.firstTokenMs !== null) facts.push(`first token ${formatDuration(event.firstTokenMs)}`);
  if (event.inputTokens !== null)
    facts.push(`${formatCount(event.inputTokens)} in${cached(whole)}`);
  if (event.outputTokens !== null) facts.push(`${formatCount(event.outputTokens)} out`);
  if (event.costSource === 'unpriced') facts.push('no price');
  else if (event.costUsd !== null) facts.push(formatUsd(event.costUsd));
  if (event.type === 'error' && whole !== undefined && isObject(whole.data)) {
    facts.push(textAt(whole.data, 'kind')?.replaceAll('_', ' ') ?? null);
  }
  if (event.afterEnd) facts.push('after the end');
  return facts.filter((fact) => fact !== null);
}

function cached(whole: Event | undefined): string {
  const tokens = isObject(whole?.data) ? whole.data['cache_read_tokens'] : undefined;
  return typeof tokens === 'number' && tokens > 0 ? ` (${formatCount(tokens)} cached)` : '';
}
