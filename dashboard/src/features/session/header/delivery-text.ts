import type { Delivery } from '@niitaka/protocol/session.ts';
import { formatCount, formatNoun } from '../../../lib/format-count.ts';

/** How much of what was sent is here: "412 of 412 received" (D1). */
export function deliveryText(delivery: Delivery): string {
  if (delivery.expected === 0) return 'nothing counted yet';
  return `${formatCount(delivery.received)} of ${formatCount(delivery.expected)} received`;
}

/** What is not here and why, each as a short phrase; empty when all is. */
export function deliveryGaps(delivery: Delivery): string[] {
  const { missing, refused, dropped, dropped_by: reasons, open_senders: open } = delivery;
  const gaps: string[] = [];
  if (missing > 0) gaps.push(`${formatCount(missing)} missing`);
  if (refused > 0) gaps.push(`${formatCount(refused)} refused`);
  if (dropped > 0) gaps.push(`${formatCount(dropped)} dropped${reasonText(reasons)}`);
  if (open > 0) gaps.push(`${formatNoun(open, 'sender')} not closed`);
  return gaps;
}

export function reasonText(reasons: Readonly<Record<string, number>>): string {
  const parts = Object.entries(reasons)
    .filter(([, count]) => count > 0)
    .map(([reason, count]) => `${reason.replaceAll('_', ' ')} ${formatCount(count)}`);
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}
