import { ArrowDown, ArrowUp, Columns3 } from 'lucide-react';
import { Button, buttonClass } from '../../../components/button.tsx';
import { IconButton } from '../../../components/icon-button.tsx';
import { Popover } from '../../../components/popover.tsx';
import {
  defaultColumns,
  moveColumn,
  resizeColumn,
  toggleColumn,
  type ColumnState,
} from './column-state.ts';
import { columns } from './columns.ts';

const icon = { size: 13, strokeWidth: 1.8, 'aria-hidden': true } as const;

export interface ColumnsPopoverProps {
  readonly state: ColumnState;
  readonly onChange: (next: ColumnState) => void;
}

/** Shows, hides, sizes and orders the columns. */
export function ColumnsPopover({ state, onChange }: ColumnsPopoverProps) {
  return (
    <Popover
      label="Columns"
      align="end"
      className="w-80"
      trigger={
        <button type="button" className={buttonClass('plain', 'max-sm:hidden')}>
          <Columns3 size={14} strokeWidth={1.6} aria-hidden="true" /> Columns
        </button>
      }
    >
      <ul>
        {state.order.map((id) => (
          <li key={id} className="flex items-center gap-1 rounded-sm hover:bg-sunk">
            <label className="flex min-h-7 flex-1 items-center gap-2 px-1">
              <input
                type="checkbox"
                className="accent-accent"
                checked={!state.hidden.includes(id)}
                disabled={id === 'goal'}
                onChange={() => onChange(toggleColumn(state, id))}
              />
              {columns[id].title}
            </label>
            <input
              type="number"
              step={8}
              aria-label={`Width of ${columns[id].title} in pixels`}
              placeholder="auto"
              className="h-6 w-16 rounded-sm border border-line bg-surface px-1 text-right text-sm"
              value={state.widths[id] ?? columns[id].width ?? ''}
              onChange={(event) => onChange(resizeColumn(state, id, event.target.valueAsNumber))}
            />
            <IconButton
              label={`Move ${columns[id].title} left`}
              icon={<ArrowUp {...icon} />}
              onClick={() => onChange(moveColumn(state, id, -1))}
            />
            <IconButton
              label={`Move ${columns[id].title} right`}
              icon={<ArrowDown {...icon} />}
              onClick={() => onChange(moveColumn(state, id, 1))}
            />
          </li>
        ))}
      </ul>
      <Button look="ghost" className="mt-2 w-full" onClick={() => onChange(defaultColumns)}>
        Back to the first columns
      </Button>
    </Popover>
  );
}
