import type { ErrorComponentProps } from '@tanstack/react-router';
import { ErrorState } from '../../components/error-state.tsx';

/** A page that broke while it was drawn. */
export function PageError({ error, reset }: ErrorComponentProps) {
  return (
    <main className="grid h-full place-items-center">
      <ErrorState what="This page could not be shown" error={error} onRetry={reset} />
    </main>
  );
}
