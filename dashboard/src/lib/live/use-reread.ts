import { useQueryClient, type QueryKey } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { useLiveSessions } from './use-live-sessions.ts';

/** Reads a family of queries again while sessions change, at most once in `everyMs`. */
export function useReread(family: QueryKey, everyMs: number): void {
  const cache = useQueryClient();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const soon = () => {
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      void cache.invalidateQueries({ queryKey: family });
    }, everyMs);
  };
  useLiveSessions({ onSession: soon, onDeleted: soon, onReset: soon });
  useEffect(
    () => () => {
      clearTimeout(timer.current);
      timer.current = undefined;
    },
    [],
  );
}
