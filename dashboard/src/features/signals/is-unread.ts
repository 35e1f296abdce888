import type { Signal, UnreadSignals } from '@niitaka/protocol/signal.ts';

/** Whether a person has not read a signal: it occurred after what was marked as read (G2); nobody reads for a key. */
export function isUnread(
  { occurred_at: at }: Pick<Signal, 'occurred_at'>,
  { unread, read_until: until }: UnreadSignals,
): boolean {
  if (unread === null || until === null) return false;
  return Date.parse(at) > Date.parse(until);
}
