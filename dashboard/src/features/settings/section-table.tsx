import type { ReactNode } from 'react';
import { EmptyState } from '../../components/empty-state.tsx';
import { ErrorState } from '../../components/error-state.tsx';
import { Skeleton } from '../../components/skeleton.tsx';

export interface SectionTableProps<T> {
  readonly label: string;
  readonly heads: readonly string[];
  readonly items: readonly T[] | undefined;
  readonly error: unknown;
  readonly empty: string;
  readonly onRetry: () => void;
  readonly renderRow: (item: T) => ReactNode;
  readonly idOf: (item: T) => string;
}

/** A plain table of a settings section with its loading, empty and failed states. */
export function SectionTable<T>(props: SectionTableProps<T>) {
  const { heads, items } = props;
  if (items === undefined && props.error !== null) {
    return (
      <ErrorState
        what={`${props.label} could not be read`}
        error={props.error}
        onRetry={props.onRetry}
      />
    );
  }
  return (
    <section
      aria-label={props.label}
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls takes the focus
      tabIndex={0}
      // The hidden head of the actions is placed within what scrolls: else it makes the page itself as wide.
      className="relative overflow-x-auto rounded-lg border border-line bg-surface"
    >
      <table aria-label={props.label} className="w-full text-left">
        <thead>
          <tr>
            {heads.map((head) => (
              <th
                key={head}
                scope="col"
                className="h-[34px] px-3 text-sm font-semibold whitespace-nowrap text-muted"
              >
                {head === '' ? <span className="sr-only">Actions</span> : head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {items?.map((item) => (
            <tr key={props.idOf(item)} className="h-[42px] border-t border-line2 hover:bg-row">
              {props.renderRow(item)}
            </tr>
          ))}
        </tbody>
      </table>
      {items?.length === 0 && <EmptyState title={props.empty} />}
      {items === undefined && <Skeleton className="m-3 h-24" />}
    </section>
  );
}

/** One cell of a settings table. */
export function Cell({ children }: { readonly children: ReactNode }) {
  return <td className="px-3 whitespace-nowrap last:text-right">{children}</td>;
}
