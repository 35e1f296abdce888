import { useNavigate, useSearch } from '@tanstack/react-router';
import { lazy, Suspense, useCallback } from 'react';
import { SessionsPage } from '../../features/sessions/sessions-page.tsx';
import { withoutDrawer } from '../../lib/url/drawer-search.ts';

const SessionDrawer = lazy(() =>
  import('../../features/session/session-drawer.tsx').then((module) => ({
    default: module.SessionDrawer,
  })),
);

/** The list of sessions and, beside it, the one the URL names. */
export function SessionsRoute() {
  const { session } = useSearch({ strict: false });
  const navigate = useNavigate();
  const onClose = useCallback(
    () => void navigate({ to: '/sessions', search: (old) => withoutDrawer(old) }),
    [navigate],
  );
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
