import { useQuery } from '@tanstack/react-query';
import { Button } from '../../components/button.tsx';
import { ErrorState } from '../../components/error-state.tsx';
import { isNotHere, NotHere } from '../../components/not-here.tsx';
import { sessionQuery } from './api/session-queries.ts';
import { useLiveSession } from './api/use-live-session.ts';
import { SessionHeader } from './header/session-header.tsx';
import { SessionSkeleton } from './header/session-skeleton.tsx';
import { SessionPlaceContext, type SessionPlace } from './session-place.ts';
import { useSessionSearch } from './session-search.ts';
import { SessionTabs } from './session-tabs.tsx';
import { useSessionKeys } from './use-session-keys.ts';

export interface SessionViewProps {
  readonly sessionId: string;
  readonly place: SessionPlace;
  readonly onClose: () => void;
}

/** One session: its head, its tabs. The same in the drawer and as a page. */
export function SessionView({ sessionId, place, onClose }: SessionViewProps) {
  const query = useQuery(sessionQuery(sessionId));
  const [search, setSearch] = useSessionSearch();
  useLiveSession(sessionId);
  const { root, onKeyDown } = useSessionKeys(search, setSearch, onClose);
  return (
    <SessionPlaceContext value={place}>
      {/* The keys of an open session work wherever in it the focus is. */}
      {/* oxlint-disable-next-line jsx-a11y/no-static-element-interactions */}
      <div
        ref={root}
        tabIndex={-1}
        onKeyDown={onKeyDown}
        className="flex outline-none min-h-0 flex-1 flex-col"
      >
        {query.data !== undefined ? (
          <>
            <SessionHeader session={query.data} onClose={onClose} />
            <SessionTabs session={query.data} search={search} onSearch={setSearch} />
          </>
        ) : query.isError ? (
          <SessionFailed
            error={query.error}
            onRetry={() => void query.refetch()}
            onClose={onClose}
          />
        ) : (
          <SessionSkeleton />
        )}
      </div>
    </SessionPlaceContext>
  );
}

function SessionFailed({
  error,
  onRetry,
  onClose,
}: {
  readonly error: unknown;
  readonly onRetry: () => void;
  readonly onClose: () => void;
}) {
  const back = <Button onClick={onClose}>Back to sessions</Button>;
  if (isNotHere(error)) return <NotHere what="session" back={back} />;
  return (
    <>
      <ErrorState what="The session could not be read" error={error} onRetry={onRetry} />
      <div className="flex justify-center">{back}</div>
    </>
  );
}
