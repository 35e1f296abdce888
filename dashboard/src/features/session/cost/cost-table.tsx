import type { CostShare } from './cost-shares.ts';
import { Heading } from '../heading.tsx';

export interface CostTableProps {
  readonly title: string;
  readonly rows: readonly CostShare[];
  readonly onShow: (find: string) => void;
}

/** One break-down of the cost, the dearest line first. */
export function CostTable({ title, rows, onShow }: CostTableProps) {
  if (rows.length === 0) return null;
  return (
    <section>
      <Heading>{title}</Heading>
      <table className="w-full table-fixed" aria-label={title}>
        <tbody>
          {rows.map((row) => (
            <tr key={row.key} className="border-t border-line2 first:border-t-0">
              <th scope="row" className="py-1.5 pr-3 text-left font-medium">
                {row.find === null ? (
                  row.name
                ) : (
                  <button
                    type="button"
                    onClick={() => row.find !== null && onShow(row.find)}
                    className="rounded-sm text-left font-medium decoration-faint underline-offset-4 hover:underline"
                  >
                    {row.name}
                  </button>
                )}
                {row.detail !== '' && (
                  <span className="block text-sm font-normal text-muted">{row.detail}</span>
                )}
              </th>
              <td aria-hidden="true" className="w-[30%] py-1.5 max-sm:hidden">
                <span className="block h-1.5 rounded-full bg-sunk">
                  <span
                    className="block h-full rounded-full bg-llm"
                    style={{ width: `${row.share * 100}%` }}
                  />
                </span>
              </td>
              <td className="w-28 py-1.5 pl-4 text-right whitespace-nowrap" title={row.exact}>
                <span className={row.cost === 'no price' ? 'text-gold' : ''}>{row.cost}</span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
