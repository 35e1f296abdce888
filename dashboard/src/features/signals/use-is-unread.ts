import type { Signal } from '@niitaka/protocol/signal.ts';
import { useQuery } from '@tanstack/react-query';
import { unreadQuery } from '../../lib/api/unread-signals.ts';
import { isUnread } from './is-unread.ts';

/** Says of each signal whether the person has not read it; of none while that is read. */
export function useIsUnread(): (signal: Signal) => boolean {
  const { data } = useQuery(unreadQuery);
  return (signal) => data !== undefined && isUnread(signal, data);
}
