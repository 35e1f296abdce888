import type { RefObject } from 'react';
import { ErrorState } from '../../components/error-state.tsx';
import { formatCount } from '../../lib/format-count.ts';
import type { SearchParams } from '../../lib/url/search-params.ts';
import type { ColumnState } from './columns/column-state.ts';
import { matchRow } from './filters/match-row.ts';
import type { ListSpec } from './list-spec.ts';
import type { SessionList } from './list/use-session-list.ts';
import { NoSessions } from './no-sessions.tsx';
import { ListOutline } from './table/list-outline.tsx';
import { SessionsTable } from './table/sessions-table.tsx';

export interface ListAreaProps {
  readonly list: SessionList;
  readonly spec: ListSpec;
  readonly search: SearchParams;
  readonly columns: ColumnState;
  readonly scroller: RefObject<HTMLDivElement | null>;
  readonly onColumns: (next: ColumnState) => void;
  readonly onChange: (change: SearchParams) => void;
  readonly onOpen: (id: string) => void;
}

/** The list, or why there is none. */
export function ListArea(props: ListAreaProps) {
  const { list, spec, search, columns, scroller, onChange } = props;
  const { phase, error, lines, list: state } = list.snapshot;
  if (phase === 'failed') {
    return (
      <div className="rounded-lg border border-line bg-surface">
        <ErrorState
          what="The sessions could not be read"
          error={error}
          onRetry={() => void list.store.reload()}
        />
      </div>
    );
  }
  if (phase === 'loading') return <ListOutline columns={columns} />;
  const showNew = () => {
    scroller.current?.scrollTo({ top: 0 });
    list.store.showPending();
  };
  return (
    <div className="relative">
      {state.pending.size > 0 && (
        <div className="sticky top-10 z-20 -mb-8 flex h-8 justify-center">
          <button
            type="button"
            onClick={showNew}
            className="animate-slide-in rounded-full bg-accent px-3.5 font-semibold text-on-accent shadow-panel"
          >
            {formatCount(state.pending.size)} new
          </button>
        </div>
      )}
      {lines.length === 0 ? (
        <NoSessions search={search} range={spec.range} onChange={onChange} />
      ) : (
        <SessionsTable
          list={list}
          columns={columns}
          sort={spec.sort}
          openId={search['session']}
          scroller={scroller}
          filtered={spec.filtered}
          isDimmed={(id) => {
            const row = state.rows.get(id);
            if (!spec.filtered || row === undefined) return false;
            return matchRow(row, spec.filters, spec.range) === 'no';
          }}
          onColumns={props.onColumns}
          onSort={(sort) => onChange({ sort: sort === '-started_at' ? undefined : sort })}
          onOpen={props.onOpen}
          onOpenAsRoot={(root) => onChange({ root })}
        />
      )}
    </div>
  );
}
