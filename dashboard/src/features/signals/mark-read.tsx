import { useQuery } from '@tanstack/react-query';
import { CheckCheck } from 'lucide-react';
import { Button } from '../../components/button.tsx';
import { messageOf } from '../../components/error-state.tsx';
import { showToast } from '../../components/toasts.tsx';
import { unreadQuery, useMarkRead } from '../../lib/api/unread-signals.ts';

/** Marks every signal up to the newest as read, whatever filters hide (G2). */
export function MarkRead() {
  const { data } = useQuery(unreadQuery);
  const mark = useMarkRead();
  const newest = data?.items[0];
  if ((data?.unread ?? 0) === 0 || newest === undefined) return null;
  const markAll = () =>
    mark.mutate(newest.occurred_at, {
      onError: (error) => showToast(messageOf(error), 'error'),
    });
  return (
    <Button disabled={mark.isPending} onClick={markAll}>
      <CheckCheck size={14} strokeWidth={1.6} aria-hidden="true" /> Mark all as read
    </Button>
  );
}
