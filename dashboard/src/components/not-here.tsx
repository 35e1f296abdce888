import type { ReactNode } from 'react';
import { ApiError } from '../lib/api/api-error.ts';
import { EmptyState } from './empty-state.tsx';

export interface NotHereProps {
  /** What was looked for: "session". */
  readonly what: string;
  /** Leads back to the others. */
  readonly back: ReactNode;
}

/** What was looked for by its id is not to be had by anybody here. */
export function NotHere({ what, back }: NotHereProps) {
  return (
    <EmptyState title={`This ${what} is not here`} action={back}>
      It was deleted, or its id belongs to another organisation.
    </EmptyState>
  );
}

/** Whether the server answered that there is no such thing. */
export function isNotHere(error: unknown): boolean {
  return error instanceof ApiError && error.status === 404;
}
