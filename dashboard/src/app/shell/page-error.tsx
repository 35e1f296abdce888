import type { ErrorComponentProps } from '@tanstack/react-router';
import { ErrorState, messageOf } from '../../components/error-state.tsx';

/** How browsers and the build's loader say that a part of the page did not come. */
const notLoaded = /preload CSS|dynamically imported module|module script failed/i;

/** A page that broke while it was drawn, or of which a part could not be loaded. */
export function PageError({ error, reset }: ErrorComponentProps) {
  const isNotLoaded = notLoaded.test(messageOf(error));
  return (
    <div className="grid h-full place-items-center">
      {isNotLoaded ? (
        <ErrorState
          what="A part of this page could not be loaded"
          error="The server could not be reached. Is Niitaka running?"
          // A part that failed once is not asked for again by itself.
          onRetry={() => window.location.reload()}
        />
      ) : (
        <ErrorState what="This page could not be shown" error={error} onRetry={reset} />
      )}
    </div>
  );
}
