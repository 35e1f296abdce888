import { useNavigate, useParams } from '@tanstack/react-router';
import './session.css';
import { SessionView } from './session-view.tsx';

/** One session as a page. */
export function SessionPage() {
  const { sessionId } = useParams({ strict: false });
  return sessionId === undefined ? null : <PageBody key={sessionId} sessionId={sessionId} />;
}

function PageBody({ sessionId }: { readonly sessionId: string }) {
  const navigate = useNavigate();
  return (
    <div className="flex min-h-0 flex-1 flex-col bg-surface">
      <SessionView
        sessionId={sessionId}
        place="page"
        onClose={() => void navigate({ to: '/sessions', search: {} })}
      />
    </div>
  );
}
