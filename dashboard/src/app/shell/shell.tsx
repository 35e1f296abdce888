import { Outlet, useNavigate, useRouterState } from '@tanstack/react-router';
import { lazy, Suspense, useCallback, useEffect, useState } from 'react';
import { currentHub } from '../../lib/live/current-hub.ts';
import { reportUnauthenticated } from '../../lib/api/unauthenticated.ts';
import { useHotkeys } from '../../lib/keys/use-hotkeys.ts';
import { useEarlyKeys } from '../palette/use-early-keys.ts';
import { KeyHelpDialog } from './key-help-dialog.tsx';
import { Rail } from './rail.tsx';

const loadPalette = () => import('../palette/palette.tsx');
const Palette = lazy(() => loadPalette().then((module) => ({ default: module.Palette })));
const idleAfterMs = 1_500;
/** On these the key / searches what they list; elsewhere it leads to the sessions. */
const pagesWithSearch = new Set(['/sessions', '/agents']);

/** What stands around every page: the rail, the key list, the command palette. */
export function Shell() {
  const [paletteOpen, setPaletteOpen] = useState(false);
  const [sought, setSought] = useState('');
  const [helpOpen, setHelpOpen] = useState(false);
  const hasSearch = useRouterState({
    select: ({ location }) => pagesWithSearch.has(location.pathname),
  });
  const navigate = useNavigate();
  const addLetter = useCallback((letter: string) => setSought((text) => text + letter), []);
  const showPalette = (open: boolean) => {
    setSought('');
    setPaletteOpen(open);
  };
  useEarlyKeys(paletteOpen, isTyping, addLetter);
  useHotkeys({
    'mod+k': () => showPalette(!paletteOpen),
    '?': () => setHelpOpen(true),
    '/': () => (hasSearch ? false : void navigate({ to: '/sessions', hash: 'search' })),
  });
  useEffect(() => {
    // Whoever types right after Ctrl-K must not wait for the palette to load.
    const timer = setTimeout(() => void loadPalette().catch(() => undefined), idleAfterMs);
    return () => clearTimeout(timer);
  }, []);
  useEffect(
    () =>
      currentHub().listen((notice) => {
        if (notice.kind === 'update' && notice.name === 'bye') reportUnauthenticated();
      }),
    [],
  );
  return (
    <div className="flex h-full max-sm:flex-col-reverse">
      <Rail onPalette={() => showPalette(true)} onHelp={() => setHelpOpen(true)} />
      <main className="relative flex min-h-0 min-w-0 flex-1 flex-col">
        <Outlet />
      </main>
      <KeyHelpDialog open={helpOpen} onClose={() => setHelpOpen(false)} />
      {paletteOpen && (
        <Suspense>
          <Palette text={sought} onText={setSought} onClose={() => showPalette(false)} />
        </Suspense>
      )}
    </div>
  );
}

function isTyping(): boolean {
  return document.activeElement?.matches('[role="combobox"]') ?? false;
}
