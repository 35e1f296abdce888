import type { ListedPolicy } from '@niitaka/protocol/policy.ts';
import { formatCount, formatNoun } from '../../../lib/format-count.ts';

/** How often a policy acted in 7 days, or would have. */
export function HitsCount({ policy }: { readonly policy: ListedPolicy }) {
  const { hits_7d: hits, mode } = policy;
  const times = formatNoun(hits, 'time');
  const title =
    mode === 'shadow' ? `Recorded ${times} in 7 days` : `Acted or was recorded ${times} in 7 days`;
  return (
    <span title={title} className={hits === 0 ? 'text-faint' : 'font-semibold'}>
      {formatCount(hits)}
    </span>
  );
}
