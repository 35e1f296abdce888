import type { SessionRow } from '@niitaka/protocol/session.ts';
import { formatNanoUsd } from '../../../lib/format-money.ts';
import { costCaution } from '../../../lib/cost-caution.ts';

/** A row's own cost, the sum of its tree when that says more, and what to beware of. */
export interface CostText {
  readonly own: string;
  readonly tone: 'plain' | 'zero' | 'no-price';
  readonly tree: string | null;
  readonly caution: string | null;
}

/** The cost of a row in words: unpriced calls are never shown as $0 (S6). */
export function costText(row: SessionRow): CostText {
  const nano = BigInt(row.total_cost_nano_usd);
  const unpriced = row.unpriced_count > 0;
  const noPrice = nano === 0n && unpriced;
  return {
    own: noPrice ? 'no price' : formatNanoUsd(nano),
    tone: noPrice ? 'no-price' : nano === 0n ? 'zero' : 'plain',
    tree: row.tree === null ? null : `Σ ${formatNanoUsd(row.tree.total_cost_nano_usd)}`,
    caution: costCaution(row),
  };
}
