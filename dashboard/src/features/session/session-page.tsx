import { useNavigate, useParams } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import './session.css';
import { SessionView } from './session-view.tsx';

/** One session as a page. */
export function SessionPage() {
  const { sessionId } = useParams({ strict: false });
  return sessionId === undefined ? null : <PageBody key={sessionId} sessionId={sessionId} />;
}

function PageBody({ sessionId }: { readonly sessionId: string }) {
  const navigate = useNavigate();
  const root = useRef<HTMLDivElement>(null);
  useEffect(() => root.current?.focus(), []);
  return (
    <div ref={root} tabIndex={-1} className="flex min-h-0 flex-1 flex-col bg-surface outline-none">
      <SessionView
        sessionId={sessionId}
        place="page"
        onClose={() => void navigate({ to: '/sessions', search: {} })}
      />
    </div>
  );
}
