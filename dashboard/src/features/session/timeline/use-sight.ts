import { useEffect, useRef } from 'react';
import type { TimelineRow } from './build-rows.ts';
import { timeInSight } from './rows-in-sight.ts';
import type { Interval } from './time-scale.ts';

const EVERY_MS = 100;

/** Tells which stretch of time the rows in sight fill, at most ten times a second. */
export function useSight(
  rows: readonly TimelineRow[],
  first: number,
  last: number,
  onSight: ((sight: Interval | null) => void) | null,
): void {
  const newest = useRef(() => {});
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => {
    newest.current = () => onSight?.(timeInSight(rows, first, last));
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      newest.current();
    }, EVERY_MS);
  });
  useEffect(
    () => () => {
      clearTimeout(timer.current);
      timer.current = undefined;
    },
    [],
  );
}
