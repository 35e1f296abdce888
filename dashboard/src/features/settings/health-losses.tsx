import { formatCount } from '../../lib/format-count.ts';
import { Cell, SectionTable } from './section-table.tsx';

/** What SDKs lost before any session was known, by reason: what a session lost stands on its own page (D1). */
export function HealthLosses({ lost }: { readonly lost: Readonly<Record<string, number>> }) {
  const rows = Object.entries(lost).toSorted(([, one], [, other]) => other - one);
  return (
    <section aria-labelledby="losses" className="max-w-md">
      <h2 id="losses" className="mb-2 font-semibold">
        Lost before they arrived <span className="font-normal text-muted">in 30 days</span>
      </h2>
      <SectionTable
        label="Lost records by reason"
        heads={['Reason', 'Records']}
        items={rows}
        error={null}
        empty="No SDK of this organisation has lost a record"
        onRetry={() => undefined}
        idOf={([reason]) => reason}
        renderRow={([reason, count]) => (
          <>
            <Cell>
              <code className="font-mono text-sm">{reason}</code>
            </Cell>
            <Cell>
              <span className="tabular-nums">{formatCount(count)}</span>
            </Cell>
          </>
        )}
      />
    </section>
  );
}
