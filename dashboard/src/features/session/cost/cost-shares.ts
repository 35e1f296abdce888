import type { SessionCost } from '@niitaka/protocol/session.ts';
import { formatCount, formatNoun } from '../../../lib/format-count.ts';
import { formatNanoUsd, formatNanoUsdExact, formatUsd } from '../../../lib/format-money.ts';
import { className } from '../detail/cost-rows.ts';
import { findModel } from '../timeline/event-filter.ts';

/** One line of a break-down. */
export interface CostShare {
  readonly key: string;
  readonly name: string;
  readonly detail: string;
  readonly cost: string;
  /** All digits, for a hover. */
  readonly exact: string;
  /** Of the dearest line, 0 to 1. */
  readonly share: number;
  /** The search that shows the events it counts; null where events cannot be told apart by it. */
  readonly find: string | null;
}

/** Own cost by model, dearest first; a model without a price says so (S6). */
export function sharesByModel(cost: SessionCost): CostShare[] {
  return withShares(
    cost.by_model.map((row) => ({
      key: `${row.provider}/${row.model}`,
      name: row.model ?? 'no model',
      detail: [
        row.provider,
        formatNoun(row.calls, 'call'),
        `${formatCount(row.input_tokens)} in, ${formatCount(row.output_tokens)} out`,
        row.unpriced > 0 ? `${formatCount(row.unpriced)} without price` : null,
      ]
        .filter((part) => part !== null)
        .join(' · '),
      ...money(row.cost_nano_usd, row.unpriced > 0),
      find: findModel(row.model),
    })),
  );
}

/** Own cost by token class. */
export function sharesByClass(cost: SessionCost): CostShare[] {
  return withShares(
    cost.by_class.map((row) => ({
      key: row.token_class,
      name: className(row.token_class),
      detail: formatNoun(row.tokens, 'token'),
      ...money(row.cost_nano_usd, false),
      find: '',
    })),
  );
}

/** Own cost by where the number came from (C1). */
export function sharesBySource(cost: SessionCost): CostShare[] {
  return withShares(
    cost.by_source.map((row) => ({
      key: row.source,
      name: row.source,
      detail: formatNoun(row.calls, 'call'),
      ...money(nanoOf(row.cost), row.source === 'unpriced'),
      find: `source:${row.source}`,
    })),
  );
}

/** Cost of the whole tree by model. */
export function sharesOfTree(cost: SessionCost): CostShare[] {
  return withShares(
    cost.tree_by_model.map((row) => ({
      key: row.model ?? '',
      name: row.model ?? 'no model',
      detail: formatNoun(row.calls, 'call'),
      ...money(nanoOf(row.cost), false),
      find: null,
    })),
  );
}

type Line = Omit<CostShare, 'share'> & { readonly nano: bigint };

function withShares(lines: readonly Line[]): CostShare[] {
  const most = lines.reduce((max, line) => (line.nano > max ? line.nano : max), 0n);
  return lines
    .toSorted((a, b) => Number(b.nano - a.nano))
    .map(({ nano, ...line }) => ({
      ...line,
      share: most === 0n ? 0 : Number((nano * 10_000n) / most) / 10_000,
    }));
}

function money(nanoUsd: string, unpriced: boolean) {
  const nano = BigInt(nanoUsd);
  const noPrice = nano === 0n && unpriced;
  return {
    nano,
    cost: noPrice ? 'no price' : formatNanoUsd(nano),
    exact: noPrice ? 'no price is known' : formatNanoUsdExact(nano),
  };
}

function nanoOf(usd: number): string {
  return String(Math.round(usd * 1e9));
}

/** How much of the tree is below: "$0.4283 in 6 sessions below". */
export function belowText(cost: SessionCost): string | null {
  if (cost.tree === null) return null;
  const below = BigInt(cost.tree.total_cost_nano_usd) - BigInt(cost.total_cost_nano_usd);
  return `${formatNanoUsd(below)} in ${formatNoun(cost.tree.sessions - 1, 'session')} below`;
}

/** Late cost stands apart: it is in no total (S5). */
export function lateText(cost: SessionCost): string | null {
  return cost.late_cost > 0 ? `${formatUsd(cost.late_cost)} came after the end` : null;
}
