import { gridTemplate, visibleColumns, type ColumnState } from '../columns/column-state.ts';
import { OutlineCells } from './session-line.tsx';

const lines = 12;

/** The list in outline, while its first page is read. */
export function ListOutline({ columns }: { readonly columns: ColumnState }) {
  const style = { '--columns': gridTemplate(columns) } as React.CSSProperties;
  return (
    <table
      aria-label="Sessions are being read"
      aria-busy="true"
      style={style}
      className="block rounded-lg border border-line bg-surface pt-[34px]"
    >
      <tbody className="block">
        {Array.from({ length: lines }, (_, index) => (
          <tr key={index} className="grid h-[35px] grid-cols-(--columns) border-t border-line2">
            <OutlineCells shown={visibleColumns(columns)} />
          </tr>
        ))}
      </tbody>
    </table>
  );
}
