import type { SessionRow } from '@niitaka/protocol/session.ts';
import { formatNoun } from './format-count.ts';

/** Why a session's cost is not the whole truth: unpriced calls, lost records, late cost (S5, S6, D1); else null. */
export function costCaution(
  session: Pick<SessionRow, 'unpriced_count' | 'delivery' | 'late_cost'>,
): string | null {
  const parts: string[] = [];
  if (session.unpriced_count > 0)
    parts.push(`${formatNoun(session.unpriced_count, 'call')} without a price`);
  if (session.delivery.incomplete) {
    const { missing, dropped, refused } = session.delivery;
    const lost = missing + dropped + refused;
    parts.push(
      lost > 0
        ? `incomplete: ${formatNoun(lost, 'record')} not here`
        : 'incomplete: a sender never closed',
    );
  }
  if (session.late_cost > 0) parts.push('more cost came after the end');
  return parts.length === 0 ? null : parts.join('; ');
}
