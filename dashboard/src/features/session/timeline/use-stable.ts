import { useCallback, useEffect, useRef } from 'react';

/** The same function all the time that does what the newest one does: rows need not draw again. */
export function useStable<A>(newest: (argument: A) => void): (argument: A) => void {
  const current = useRef(newest);
  useEffect(() => {
    current.current = newest;
  });
  return useCallback((argument) => current.current(argument), []);
}
