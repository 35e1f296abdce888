import { Link } from '@tanstack/react-router';
import { buttonClass } from '../../../components/button.tsx';
import { EmptyState } from '../../../components/empty-state.tsx';
import { ErrorState } from '../../../components/error-state.tsx';
import { ApiError } from '../../../lib/api/api-error.ts';

export interface AgentFailedProps {
  readonly error: unknown;
  readonly onRetry: () => void;
}

/** Why there is no agent: it is not here, or could not be read. */
export function AgentFailed({ error, onRetry }: AgentFailedProps) {
  if (error instanceof ApiError && error.status === 404) {
    const back = (
      <Link
        to="/agents"
        search={({ env, range, from, to }) => ({ env, range, from, to })}
        className={buttonClass()}
      >
        Back to agents
      </Link>
    );
    return (
      <EmptyState title="This agent is not here" action={back}>
        It was deleted, or its id belongs to another organisation.
      </EmptyState>
    );
  }
  return <ErrorState what="The agent could not be read" error={error} onRetry={onRetry} />;
}
