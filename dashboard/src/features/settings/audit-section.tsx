import type { AuditRow } from '@niitaka/protocol/access.ts';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Button } from '../../components/button.tsx';
import { TimeAgo } from '../../components/time-text.tsx';
import { apiGet } from '../../lib/api/api-fetch.ts';
import { auditText } from './audit-text.ts';
import { Cell, SectionTable } from './section-table.tsx';

interface AuditPage {
  readonly items: AuditRow[];
  readonly next_cursor: string | null;
}

/** Who changed what, newest first. */
export function AuditSection() {
  const log = useInfiniteQuery({
    queryKey: ['audit'],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) =>
      apiGet<AuditPage>('/audit', { limit: 100, cursor: pageParam }, signal),
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
  return (
    <>
      <SectionTable
        label="Audit log"
        heads={['When', 'Who', 'What', 'On', 'Change']}
        items={log.data?.pages.flatMap((page) => page.items)}
        error={log.error}
        empty="Nothing was changed yet"
        onRetry={() => void log.refetch()}
        idOf={(row) => row.id}
        renderRow={(row) => <AuditCells row={row} />}
      />
      {log.hasNextPage && (
        <Button
          className="mt-3"
          disabled={log.isFetchingNextPage}
          onClick={() => void log.fetchNextPage()}
        >
          Older entries
        </Button>
      )}
    </>
  );
}

function AuditCells({ row }: { readonly row: AuditRow }) {
  const change = auditText(row);
  return (
    <>
      <Cell>
        <TimeAgo at={row.at} />
      </Cell>
      <Cell>
        <span className="font-medium">{row.actor}</span>
      </Cell>
      <Cell>{row.action}</Cell>
      <Cell>
        <span className="inline-block max-w-48 truncate align-bottom text-muted" title={row.target}>
          {row.target}
        </span>
      </Cell>
      <Cell>
        <span
          className="inline-block max-w-64 truncate align-bottom font-mono text-sm text-muted"
          title={change}
        >
          {change}
        </span>
      </Cell>
    </>
  );
}
