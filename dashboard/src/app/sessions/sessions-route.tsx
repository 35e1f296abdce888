import { useNavigate, useSearch } from '@tanstack/react-router';
import { lazy, Suspense, useCallback, useEffect } from 'react';
import { SessionsPage } from '../../features/sessions/sessions-page.tsx';
import { useIdentity } from '../../lib/api/use-identity.ts';
import { useHotkeys } from '../../lib/keys/use-hotkeys.ts';
import { withoutDrawer } from '../../lib/url/drawer-search.ts';

const loadDrawer = () => import('../../features/session/session-drawer.tsx');
const SessionDrawer = lazy(() =>
  loadDrawer().then((module) => ({
    default: module.SessionDrawer,
  })),
);
/** When the list stands, the drawer is loaded ahead: it opens at once, also when the server has gone away since. */
const drawerLoadsAfterMs = 1_000;
const FirstRunPage = lazy(() =>
  import('../../features/first-run/first-run-page.tsx').then((module) => ({
    default: module.FirstRunPage,
  })),
);

/** The list of sessions and, beside it, the one the URL names; before any session, how to begin. */
export function SessionsRoute() {
  const { session } = useSearch({ strict: false });
  const firstRun = useIdentity()?.first_run ?? false;
  const navigate = useNavigate();
  const onClose = useCallback(
    () => void navigate({ to: '/sessions', search: (old) => withoutDrawer(old) }),
    [navigate],
  );
  // The open session takes Esc while the focus is in it; here is for wherever else it may be.
  useHotkeys({ Escape: onClose }, session !== undefined);
  useEffect(() => {
    // A failure shows when the drawer is opened.
    const timer = setTimeout(() => loadDrawer().catch(() => undefined), drawerLoadsAfterMs);
    return () => clearTimeout(timer);
  }, []);
  if (firstRun) {
    return (
      <Suspense>
        <FirstRunPage />
      </Suspense>
    );
  }
  return (
    <>
      <SessionsPage />
      {session !== undefined && (
        <Suspense>
          <SessionDrawer key={session} sessionId={session} onClose={onClose} />
        </Suspense>
      )}
    </>
  );
}
