import type { ReactNode } from 'react';

export interface EmptyStateProps {
  readonly title: string;
  /** Set where nothing else names the page. */
  readonly heading?: boolean;
  readonly children?: ReactNode;
  readonly action?: ReactNode;
}

/** Says why there is nothing and what to do next. */
export function EmptyState({ title, heading = false, children, action }: EmptyStateProps) {
  return (
    <div className="flex flex-col items-center justify-center gap-1 px-6 py-14 text-center">
      {heading ? (
        <h1 className="font-semibold">{title}</h1>
      ) : (
        <p className="font-semibold">{title}</p>
      )}
      {children !== undefined && <div className="max-w-[52ch] text-muted">{children}</div>}
      {action !== undefined && (
        <div className="mt-3 flex flex-wrap justify-center gap-2">{action}</div>
      )}
    </div>
  );
}
