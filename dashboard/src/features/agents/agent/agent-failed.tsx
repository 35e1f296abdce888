import { Link } from '@tanstack/react-router';
import { buttonClass } from '../../../components/button.tsx';
import { ErrorState } from '../../../components/error-state.tsx';
import { isNotHere, NotHere } from '../../../components/not-here.tsx';

export interface AgentFailedProps {
  readonly error: unknown;
  readonly onRetry: () => void;
}

/** Why there is no agent: it is not here, or could not be read. */
export function AgentFailed({ error, onRetry }: AgentFailedProps) {
  if (isNotHere(error)) {
    const back = (
      <Link
        to="/agents"
        search={({ env, range, from, to }) => ({ env, range, from, to })}
        className={buttonClass()}
      >
        Back to agents
      </Link>
    );
    return <NotHere what="agent" back={back} />;
  }
  return <ErrorState what="The agent could not be read" error={error} onRetry={onRetry} />;
}
