import { Button } from '../../../components/button.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import { formatCount } from '../../../lib/format-count.ts';
import { indentPx } from './goal-cell.tsx';
import type { DisplayRow } from '../list/display-rows.ts';

export interface TreeLineProps {
  readonly line: Exclude<DisplayRow, { kind: 'session' }>;
  readonly index: number;
  readonly top: number;
  readonly height: number;
  readonly onMore: (parentId: string) => void;
  readonly onOpenAsRoot: (id: string) => void;
}

/** A line of the tree that is no session: children on their way, further ones, those below. */
export function TreeLine({ line, index, top, height, onMore, onOpenAsRoot }: TreeLineProps) {
  return (
    <tr
      aria-rowindex={index + 2}
      aria-level={line.level}
      style={{ transform: `translateY(${top}px)`, height }}
      className="absolute inset-x-0 flex border-b border-line2"
    >
      <td
        className="flex items-center gap-2 text-sm text-muted"
        style={{ paddingLeft: 100 + line.level * indentPx }}
      >
        {line.kind === 'loading' && <Skeleton className="h-3 w-64" />}
        {line.kind === 'failed' && (
          <>
            <span className="text-rust">The children could not be read.</span>
            <Button look="ghost" onClick={() => onMore(line.parentId)}>
              Retry
            </Button>
          </>
        )}
        {line.kind === 'more' && (
          <Button look="ghost" onClick={() => onMore(line.parentId)}>
            Show more children
          </Button>
        )}
        {line.kind === 'below' && (
          <Button look="ghost" onClick={() => onOpenAsRoot(line.parentId)}>
            {formatCount(line.hidden)} more below
          </Button>
        )}
      </td>
    </tr>
  );
}
