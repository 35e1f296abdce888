import { Link } from '@tanstack/react-router';
import { buttonClass } from '../../components/button.tsx';
import { EmptyState } from '../../components/empty-state.tsx';

/** An address that no page has. */
export function NotFound() {
  return (
    <main className="grid h-full place-items-center">
      <EmptyState
        heading
        title="There is no page at this address"
        action={
          <Link to="/sessions" className={buttonClass()}>
            Go to Sessions
          </Link>
        }
      >
        The link may be older than the page it meant.
      </EmptyState>
    </main>
  );
}
