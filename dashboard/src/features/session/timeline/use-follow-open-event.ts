import { useEffect, useRef } from 'react';

/** The cursor goes where an event is opened from elsewhere, once its row is here. */
export function useFollowOpenEvent(
  openEvent: string | null,
  indexOf: ReadonlyMap<string, number>,
  setCursor: (key: string) => void,
  scrollTo: (index: number) => void,
): void {
  const followed = useRef<string | null>(null);
  useEffect(() => {
    if (openEvent === null || openEvent === followed.current) {
      followed.current = openEvent;
      return;
    }
    const index = indexOf.get(openEvent);
    if (index === undefined) return;
    followed.current = openEvent;
    setCursor(openEvent);
    scrollTo(index);
  });
}
