import type { PolicyChange } from '../words/policy-changes.ts';

export interface ChangeTableProps {
  /** What the two versions are called. */
  readonly heads: readonly [before: string, after: string];
  readonly changes: readonly PolicyChange[];
}

/** Two versions side by side, where they differ. */
export function ChangeTable({ heads, changes }: ChangeTableProps) {
  return (
    <table className="mt-1 w-full table-fixed text-left text-sm">
      <thead className="text-xs text-muted">
        <tr>
          {['Field', ...heads].map((head) => (
            <th key={head} scope="col" className="pr-3 font-medium first:w-28">
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {changes.map(({ field, before, after }) => (
          <tr key={field} className="align-top">
            <th scope="row" className="pr-3 font-normal text-muted">
              {field}
            </th>
            <td className="pr-3 break-words text-muted">{before}</td>
            <td className="font-medium break-words">{after}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
