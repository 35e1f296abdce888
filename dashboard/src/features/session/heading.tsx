import type { ReactNode } from 'react';

/** The title of a part of a tab. */
export function Heading({ children }: { readonly children: ReactNode }) {
  return <h2 className="mb-1 text-sm font-semibold text-muted">{children}</h2>;
}
