import type { RefObject } from 'react';
import { useHotkeys } from './use-hotkeys.ts';

/** `j` and `k` move the focus over everything in the element that has `data-row`; Enter then opens it. */
export function useRowFocus(container: RefObject<HTMLElement | null>): void {
  const move = (step: 1 | -1) => {
    const rows = [...(container.current?.querySelectorAll<HTMLElement>('[data-row]') ?? [])];
    const at = rows.findIndex((row) => row === document.activeElement);
    const next = at === -1 ? rows.at(step === 1 ? 0 : -1) : rows[at + step];
    if (next === undefined) return false;
    next.focus();
    next.scrollIntoView({ block: 'nearest' });
    return undefined;
  };
  useHotkeys({ j: () => move(1), k: () => move(-1) });
}
