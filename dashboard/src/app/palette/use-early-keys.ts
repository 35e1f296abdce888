import { useEffect } from 'react';

/**
 * Keeps what is typed while the palette is on its way: whoever types right after Ctrl-K loses no letter.
 * `isReady` says that its field has the focus and takes keys by itself.
 */
export function useEarlyKeys(
  open: boolean,
  isReady: () => boolean,
  add: (letter: string) => void,
): void {
  useEffect(() => {
    if (!open) return;
    const onKeyDown = (event: KeyboardEvent) => {
      const isLetter = [...event.key].length === 1;
      if (!isLetter || event.ctrlKey || event.metaKey || event.altKey || isReady()) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      add(event.key);
    };
    window.addEventListener('keydown', onKeyDown, { capture: true });
    return () => window.removeEventListener('keydown', onKeyDown, { capture: true });
  }, [open, isReady, add]);
}
