import { withoutDrawer } from '../../lib/url/drawer-search.ts';
import { parseSearchParams, type SearchParams } from '../../lib/url/search-params.ts';
import type { ColumnState } from './columns/column-state.ts';
import { ExportMenu } from './export/export-menu.tsx';
import { RangePicker } from '../../components/range-picker.tsx';
import type { ListSpec } from './list-spec.ts';
import { LiveLight } from '../../components/live-light.tsx';
import { ViewsMenu } from './views/views-menu.tsx';

export interface PageHeadProps {
  readonly search: SearchParams;
  readonly spec: ListSpec;
  readonly columns: ColumnState;
  readonly onChange: (change: SearchParams) => void;
}

/** The page's name, how live it is, its range, views and export. */
export function PageHead({ search, spec, columns, onChange }: PageHeadProps) {
  return (
    <header className="flex flex-wrap items-center gap-2.5">
      <h1 className="text-title">Sessions</h1>
      <LiveLight />
      <span className="flex-1 max-sm:basis-1/3" />
      <RangePicker range={spec.range} onChange={onChange} />
      <ViewsMenu
        search={search}
        onOpen={(query) => onChange({ ...cleared(search), ...parseSearchParams(query) })}
      />
      <ExportMenu query={() => spec.query} range={spec.range} columns={columns} />
    </header>
  );
}

function cleared(search: SearchParams) {
  const empty = Object.fromEntries(Object.keys(search).map((key) => [key, undefined]));
  return withoutDrawer({ ...empty, env: search['env'] });
}
