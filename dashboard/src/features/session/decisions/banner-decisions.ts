import type { Signal, Trace } from '@niitaka/protocol/signal.ts';
import { decisionText, type DecisionText } from './decision-text.ts';
import type { Limit } from './limit-reason.ts';

/** The decision worth a banner and, in a few words, the warning that came before it. */
export interface BannerDecisions {
  readonly main: DecisionText;
  readonly before: string | null;
}

/** The last stop, else the last warning that was enforced; null when neither happened. */
export function bannerDecisions(
  traces: readonly Trace[],
  signals: readonly Signal[],
  limits: readonly Limit[],
): BannerDecisions | null {
  const texts = traces
    .toSorted((a, b) => Date.parse(a.occurred_at) - Date.parse(b.occurred_at))
    .map((trace) => ({ action: trace.action, text: decisionText(trace, signals, limits) }));
  const warned = texts.findLast(
    ({ action, text }) => action === 'warn' && text.mode === 'enforced',
  );
  const stopped = texts.findLast(({ text }) => text.tone === 'stop');
  if (stopped !== undefined) {
    return { main: stopped.text, before: warned?.text.headline ?? null };
  }
  return warned === undefined ? null : { main: warned.text, before: null };
}
