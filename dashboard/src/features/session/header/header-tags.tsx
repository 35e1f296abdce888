import type { SessionDetail } from '@niitaka/protocol/session.ts';
import { Tag } from '../../../components/tag.tsx';
import { formatNoun } from '../../../lib/format-count.ts';
import { formatUsd } from '../../../lib/format-money.ts';

/** What a reader must know before trusting the figures. */
export function HeaderTags({ session }: { readonly session: SessionDetail }) {
  const { aborted, delivery, late_cost: lateCost, experiment_id: experiment } = session;
  return (
    <>
      {aborted && <Tag tone="rust">aborted</Tag>}
      {delivery.incomplete && (
        <Tag tone="gold" title="Some of what was sent is not here: totals may be too low">
          incomplete
        </Tag>
      )}
      {session.unpriced_count > 0 && (
        <Tag tone="gold" title="Calls whose price is unknown are not in the cost">
          {formatNoun(session.unpriced_count, 'call')} without price
        </Tag>
      )}
      {lateCost > 0 && (
        <Tag tone="gold" title="Cost of calls that came after the end: not in the total">
          {formatUsd(lateCost)} late
        </Tag>
      )}
      {experiment !== null && (
        <Tag tone="llm" title="Experiment and variant">
          {experiment}
          {session.variant !== null && ` · ${session.variant}`}
        </Tag>
      )}
    </>
  );
}
