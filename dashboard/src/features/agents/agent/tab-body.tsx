import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { ErrorState } from '../../../components/error-state.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';

export interface TabBodyProps<T> {
  readonly query: UseQueryResult<T>;
  /** What could not be read, as a sentence. */
  readonly what: string;
  readonly children: (data: T) => ReactNode;
}

/** What was read, its outline before, or what failed. */
export function TabBody<T>({ query, what, children }: TabBodyProps<T>) {
  if (query.data !== undefined) return children(query.data);
  if (query.isError) {
    return <ErrorState what={what} error={query.error} onRetry={() => void query.refetch()} />;
  }
  return (
    <div className="rounded-lg border border-line bg-surface px-3 py-2">
      {['w-2/3', 'w-1/2', 'w-3/5'].map((width) => (
        <div key={width} className="flex h-9 items-center">
          <Skeleton className={`h-5 ${width}`} />
        </div>
      ))}
    </div>
  );
}
