import { useCallback, useMemo, useRef } from 'react';
import { formatCount } from '../../lib/format-count.ts';
import { withDrawer } from '../../lib/url/drawer-search.ts';
import { useColumns } from './columns/use-columns.ts';
import { ColumnsPopover } from './columns/columns-popover.tsx';
import { useLiveFigures, useSessionHistogram, useSessionStats } from './figures.ts';
import { FilterBar } from './filters/filter-bar.tsx';
import { customRangeSearch, previousLabel } from '../../lib/url/range.ts';
import { Histogram } from './histogram/histogram.tsx';
import { listSpecNow } from './list-spec.ts';
import { useSessionList } from './list/use-session-list.ts';
import { ListArea } from './list-area.tsx';
import { PageHead } from './page-head.tsx';
import { RootNote } from './root-note.tsx';
import { tileTexts } from './tiles/tile-texts.ts';
import { Tiles } from './tiles/tiles.tsx';
import { usePageSearch } from './use-page-search.ts';

/** The sessions: four figures, their course over time, and the list as a tree. */
export function SessionsPage() {
  const [search, change] = usePageSearch();
  const [columns, setColumns] = useColumns();
  const scroller = useRef<HTMLDivElement>(null);
  const spec = useMemo(() => listSpecNow(search), [search]);
  const list = useSessionList(spec.key, () => listSpecNow(search));
  const stats = useSessionStats(spec.figuresKey, () => listSpecNow(search).figuresQuery);
  const histogram = useSessionHistogram(spec.figuresKey, () => listSpecNow(search).figuresQuery);
  useLiveFigures();
  const onOpen = useCallback((id: string) => change(withDrawer({}, id)), [change]);
  const onSearch = useCallback(
    (q: string) => change({ q: q === '' ? undefined : q }, 'replace'),
    [change],
  );
  return (
    <div ref={scroller} className="@container min-h-0 flex-1 overflow-auto overscroll-contain">
      <div className="flex min-h-full w-max min-w-full flex-col gap-2.5 px-5 pt-3 pb-5 max-sm:w-full max-sm:px-3">
        <Fixed>
          <PageHead search={search} spec={spec} columns={columns} onChange={change} />
        </Fixed>
        <Fixed>
          <Tiles
            tiles={
              stats.data === undefined ? null : tileTexts(stats.data, previousLabel(spec.range))
            }
          />
        </Fixed>
        <Fixed>
          <Histogram
            histogram={histogram.data ?? null}
            onZoom={(fromMs, toMs) => change(customRangeSearch(fromMs, toMs))}
          />
        </Fixed>
        <Fixed>
          <FilterBar
            search={search}
            counts={stats.data?.by_status ?? null}
            onChange={change}
            onSearch={onSearch}
          >
            {stats.data !== undefined && (
              <span className="text-muted" title="Sessions that match, children included">
                {formatCount(stats.data.total_sessions.value)}
              </span>
            )}
            <ColumnsPopover state={columns} onChange={setColumns} />
          </FilterBar>
        </Fixed>
        {spec.rootId !== null && (
          <RootNote id={spec.rootId} onBack={() => change({ root: undefined })} />
        )}
        <ListArea
          list={list}
          spec={spec}
          search={search}
          columns={columns}
          scroller={scroller}
          onColumns={setColumns}
          onChange={change}
          onOpen={onOpen}
        />
      </div>
    </div>
  );
}

/** Stays in view when a wide list is scrolled sideways. */
function Fixed({ children }: { readonly children: React.ReactNode }) {
  return (
    <div className="sticky left-5 w-[calc(100cqw-40px)] max-sm:left-3 max-sm:w-full">
      {children}
    </div>
  );
}
