import { useEffect, useRef } from 'react';

/** What each key does; a handler that returns false leaves the key to others. */
export type Hotkeys = Readonly<Record<string, (event: KeyboardEvent) => void | false>>;

/**
 * Listens to single keys (`j`, `Enter`, `?`) and to `mod+k` (Ctrl or Cmd) on the whole page.
 * Single keys stay silent while text is typed, a dialog or menu is open, or the key was used.
 */
export function useHotkeys(hotkeys: Hotkeys, enabled = true): void {
  const current = useRef(hotkeys);
  useEffect(() => {
    current.current = hotkeys;
  });
  useEffect(() => {
    if (!enabled) return;
    const onKeyDown = (event: KeyboardEvent) => {
      const name = hotkeyOf(event);
      const handler = current.current[name];
      if (!handler || event.defaultPrevented || isTaken(event, name)) return;
      if (handler(event) !== false) event.preventDefault();
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, [enabled]);
}

/** The name of a pressed key: `mod+k` for Ctrl or Cmd, else the key as typed. */
export function hotkeyOf(event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey'>): string {
  return event.ctrlKey || event.metaKey ? `mod+${event.key.toLowerCase()}` : event.key;
}

function isTaken(event: KeyboardEvent, name: string): boolean {
  if (name.startsWith('mod+')) return false;
  if (event.altKey) return true;
  const target = event.target instanceof Element ? event.target : document.body;
  if (target.closest('input, textarea, select, [contenteditable="true"]')) return true;
  const acts = name === 'Enter' || name === ' ';
  if (acts && target.closest('a, button, summary, [role="menuitem"], [role="tab"]')) return true;
  return document.querySelector('[role="dialog"][data-open], [role="menu"][data-open]') !== null;
}
