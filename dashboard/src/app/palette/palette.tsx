import { Dialog } from '@base-ui/react/dialog';
import { Command } from 'cmdk';
import { useDeferredValue, useRef } from 'react';
import { popupClass } from '../../components/popup-class.ts';
import { AgentGroup, PageGroup, SessionGroup, ThemeGroup, ViewGroup } from './palette-groups.tsx';

export interface PaletteProps {
  readonly text: string;
  readonly onText: (text: string) => void;
  readonly onClose: () => void;
}

/** Finds pages, sessions by their goal, agents and kept views; changes the theme. */
export function Palette({ text, onText, onClose }: PaletteProps) {
  const input = useRef<HTMLInputElement>(null);
  const words = useDeferredValue(text.trim());
  return (
    <Dialog.Root open onOpenChange={(open) => open || onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-[rgb(0_0_0/35%)]" />
        <Dialog.Popup
          initialFocus={input}
          aria-label="Command palette"
          className={`${popupClass} fixed top-[12vh] left-1/2 z-50 w-[min(580px,calc(100vw-24px))] -translate-x-1/2 overflow-hidden`}
        >
          <Command label="Command palette" loop>
            <Command.Input
              ref={input}
              value={text}
              onValueChange={onText}
              placeholder="Find a page, session, agent or view"
              className="h-12 w-full border-b border-line bg-transparent px-4 text-[15px] outline-none"
            />
            <Command.List className="max-h-[52vh] overflow-y-auto p-1.5">
              <Command.Empty className="px-3 py-8 text-center text-muted">
                Nothing found.
              </Command.Empty>
              <PageGroup onClose={onClose} />
              <SessionGroup words={words} onClose={onClose} />
              <AgentGroup onClose={onClose} />
              <ViewGroup onClose={onClose} />
              <ThemeGroup onClose={onClose} />
            </Command.List>
          </Command>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
