import { formatAgo, formatClock, formatUtc } from '../lib/format-time.ts';
import { useNowText } from '../lib/use-now.ts';

/** A moment as time gone by, ticking; the exact UTC on hover. */
export function TimeAgo({ at }: { readonly at: string }) {
  const atMs = Date.parse(at);
  const text = useNowText((now) => formatAgo(atMs, now));
  return (
    <time dateTime={at} title={formatUtc(atMs)}>
      {text}
    </time>
  );
}

/** A moment as local wall-clock time; the exact UTC on hover. */
export function TimeClock({ at }: { readonly at: string }) {
  const atMs = Date.parse(at);
  return (
    <time dateTime={at} title={formatUtc(atMs)}>
      {formatClock(atMs)}
    </time>
  );
}
