import type { ColumnId } from '../columns/columns.ts';
import type { SessionList } from '../list/use-session-list.ts';
import { domIdOf } from './dom-id-of.ts';
import { SessionLine } from './session-line.tsx';
import { TreeLine } from './tree-line.tsx';
import type { VisibleLines } from './use-visible-lines.ts';

export interface ListLinesProps {
  readonly list: SessionList;
  readonly visible: VisibleLines;
  readonly shown: readonly ColumnId[];
  readonly activeId: string | null;
  readonly openId: string | undefined;
  readonly filtered: boolean;
  readonly isDimmed: (id: string) => boolean;
  readonly onOpen: (id: string) => void;
  readonly onOpenAsRoot: (id: string) => void;
}

/** The lines in view. */
export function ListLines(props: ListLinesProps) {
  const { list, visible, activeId, openId } = props;
  const { store, snapshot } = list;
  return visible.items.map((item) => {
    const line = snapshot.lines[item.index];
    if (line === undefined) return null;
    const place = { index: item.index, top: item.start - visible.margin, height: visible.height };
    if (line.kind !== 'session') {
      return (
        <TreeLine
          key={line.key}
          {...place}
          line={line}
          onMore={store.moreChildren}
          onOpenAsRoot={props.onOpenAsRoot}
        />
      );
    }
    return (
      <SessionLine
        key={line.key}
        {...place}
        domId={domIdOf(line.id)}
        id={line.id}
        row={snapshot.list.rows.get(line.id)}
        level={line.level}
        shown={props.shown}
        narrow={visible.narrow}
        filtered={props.filtered}
        expanded={snapshot.expanded.has(line.id)}
        active={line.id === activeId}
        open={line.id === openId}
        fresh={snapshot.list.fresh.has(line.id)}
        dimmed={props.isDimmed(line.id)}
        onOpen={props.onOpen}
        onToggle={store.toggle}
      />
    );
  });
}
