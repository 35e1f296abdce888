import { costOfEvent, pricedModel } from '@niitaka/core/cost/cost-of-event.ts';
import { parsePrice, type Price, type PriceRow } from '@niitaka/core/cost/price.ts';
import { compilePolicies, type CompiledPolicies } from '@niitaka/core/policy/compile-policies.ts';
import { treeBudget } from '@niitaka/core/policy/grant-lease.ts';
import { readPolicy } from '@niitaka/core/policy/parse-policy.ts';
import { readConfig, type RuntimeConfig } from './runtime-config.ts';
import type { CostOf } from './spending.ts';

/** Whom a snapshot is for. */
export interface SnapshotKey {
  readonly agentId: string | null;
  readonly environment: string;
  readonly experimentId: string | null;
  readonly variant: string | null;
}

/** What a tree may spend. */
export interface TreeLimit {
  readonly nanoUsd: bigint;
  /** Whether the server knows of it, and leases parts of it; else what is known here decides. */
  readonly isLeased: boolean;
}

/** The smallest limit of these policies that stops a tree; null where none does. */
export function treeLimitOf(policies: CompiledPolicies, isLeased: boolean): TreeLimit | null {
  const nanoUsd = treeBudget(policies);
  return nanoUsd === null ? null : { nanoUsd, isLeased };
}

/** What the server says an agent is to go by, made ready to decide (P5). */
export interface Snapshot {
  /** Moves with every change of policies and prices. */
  readonly revision: number | null;
  readonly policies: CompiledPolicies;
  readonly config: RuntimeConfig;
  /** The smallest enforced limit that stops a tree; null where none is (P10). */
  readonly treeLimit: TreeLimit | null;
  /** Whole nano-USD of a call as the server will find it; null when unknown (C1). */
  readonly costOf: CostOf;
}

/** Reads an answer of the server; null for what is none. A policy that cannot be read stays, as a broken one (P3). */
export function readSnapshot(
  key: SnapshotKey,
  text: string,
  origin: RuntimeConfig['origin'] = 'server',
): Snapshot | null {
  const fields = parseObject(text);
  if (fields === null) return null;
  const { policies, prices, revision, config } = fields;
  const given = Array.isArray(policies) ? policies : [];
  const priceOf = priceList(Array.isArray(prices) ? prices : []);
  const compiled = compilePolicies(given.map(readPolicy), key.agentId, key.environment);
  return {
    revision: typeof revision === 'number' ? revision : null,
    config: readConfig(config, origin),
    policies: compiled,
    treeLimit: treeLimitOf(compiled, true),
    costOf: (data) => {
      const price = priceOf(data['provider'], pricedModel(data));
      return costOfEvent(data, price?.overReport === true ? price : null, price).costNanoUsd;
    },
  };
}

/** The date that a provider's answer adds to the name of the model that was asked. */
const dateOfModel = /[-@]20\d{2}-?\d{2}-?\d{2}$/;

/**
 * Prices by provider and model; one without a provider is for every provider. They are of models that have answered:
 * the name they are asked by lacks the date.
 */
function priceList(
  rows: readonly unknown[],
): (provider: unknown, model: string | null) => Price | null {
  const prices = new Map<string, Price>();
  const asked = new Map<string, Price>();
  for (const row of rows as readonly (PriceRow | null)[]) {
    if (typeof row?.model !== 'string') continue;
    // A price that cannot be read leaves its model without one.
    const price = parsePrice(row, 'snapshot');
    if (!price.ok) continue;
    const name = `${row.provider ?? ''}\n${row.model}`;
    prices.set(name, price.value);
    asked.set(name.replace(dateOfModel, ''), price.value);
  }
  return (provider, model) => {
    if (model === null) return null;
    const named = typeof provider === 'string' ? provider : '';
    const [own, any] = [`${named}\n${model}`, `\n${model}`];
    return prices.get(own) ?? prices.get(any) ?? asked.get(own) ?? asked.get(any) ?? null;
  };
}

function parseObject(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as Readonly<Record<string, unknown>>) : null;
  } catch {
    return null;
  }
}
