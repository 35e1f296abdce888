import { useHotkeys } from '../../../lib/keys/use-hotkeys.ts';
import type { SessionList } from '../list/use-session-list.ts';
import { parentOf, stepFrom } from './move-active.ts';

export interface ListKeys {
  readonly list: SessionList;
  readonly activeId: string | null;
  readonly enabled: boolean;
  readonly onActive: (id: string | null) => void;
  readonly onOpen: (id: string) => void;
}

/** The keys of the list: j and k move, Enter opens, the arrows open and close nodes. */
export function useListKeys({ list, activeId, enabled, onActive, onOpen }: ListKeys): void {
  const { store, snapshot } = list;
  const { lines, expanded } = snapshot;
  const move = (step: -1 | 1) => onActive(stepFrom(lines, activeId, step));
  const unfold = () => {
    if (activeId === null) return;
    const hasChildren = (snapshot.list.rows.get(activeId)?.child_count ?? 0) > 0;
    if (expanded.has(activeId)) move(1);
    else if (hasChildren) store.toggle(activeId);
  };
  const fold = () => {
    if (activeId === null) return;
    if (expanded.has(activeId)) store.toggle(activeId);
    else onActive(parentOf(lines, activeId));
  };
  useHotkeys(
    {
      j: () => move(1),
      k: () => move(-1),
      ArrowDown: () => (activeId === null ? false : move(1)),
      ArrowUp: () => (activeId === null ? false : move(-1)),
      ArrowRight: () => (activeId === null ? false : unfold()),
      ArrowLeft: () => (activeId === null ? false : fold()),
      Enter: () => (activeId === null ? false : onOpen(activeId)),
      Escape: () => (activeId === null ? false : onActive(null)),
    },
    enabled,
  );
}
