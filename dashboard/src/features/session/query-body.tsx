import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { ErrorState } from '../../components/error-state.tsx';
import { Skeleton } from '../../components/skeleton.tsx';

export interface QueryBodyProps<T> {
  readonly query: UseQueryResult<T>;
  /** What to say when it fails. */
  readonly what: string;
  readonly children: (data: T) => ReactNode;
}

/** The scrolling body of a tab that is one read: its shape, its failure, its data. */
export function QueryBody<T>({ query, what, children }: QueryBodyProps<T>) {
  return (
    <section
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls takes the focus
      tabIndex={0}
      className="flex min-h-0 flex-1 flex-col gap-5 overflow-y-auto px-5 py-4 outline-offset-[-2px] max-sm:px-4"
    >
      {query.data !== undefined ? (
        children(query.data)
      ) : query.isError ? (
        <ErrorState what={what} error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        [90, 75, 84, 60].map((width) => (
          <div key={width} style={{ width: `${width}%` }}>
            <Skeleton className="h-5" />
          </div>
        ))
      )}
    </section>
  );
}
