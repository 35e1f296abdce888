import { costOfEvent, pricedModel, type LlmData } from '@niitaka/core/cost/cost-of-event.ts';
import { parsePrice, type Price, type PriceRow } from '@niitaka/core/cost/price.ts';
import { compilePolicies, type CompiledPolicies } from '@niitaka/core/policy/compile-policies.ts';
import { readPolicy } from '@niitaka/core/policy/parse-policy.ts';
import { readConfig, type RuntimeConfig } from './runtime-config.ts';

/** Whom a snapshot is for. */
export interface SnapshotKey {
  readonly agentId: string | null;
  readonly environment: string;
  readonly experimentId: string | null;
  readonly variant: string | null;
}

/** What the server says an agent is to go by, made ready to decide (P5). */
export interface Snapshot {
  /** Moves with every change of policies and prices. */
  readonly revision: number | null;
  readonly policies: CompiledPolicies;
  readonly config: RuntimeConfig;
  /** Whole nano-USD of a call as the server will find it; null when unknown (C1). */
  readonly costOf: (data: LlmData) => bigint | null;
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
  return {
    revision: typeof revision === 'number' ? revision : null,
    config: readConfig(config, origin),
    policies: compilePolicies(given.map(readPolicy), key.agentId, key.environment),
    costOf: (data) => {
      const price = priceOf(data['provider'], pricedModel(data));
      return costOfEvent(data, price?.overReport === true ? price : null, price).costNanoUsd;
    },
  };
}

/** Prices by provider and model; one without a provider is for every provider. */
function priceList(
  rows: readonly unknown[],
): (provider: unknown, model: string | null) => Price | null {
  const prices = new Map<string, Price>();
  for (const row of rows as readonly (PriceRow | null)[]) {
    if (typeof row?.model !== 'string') continue;
    // A price that cannot be read leaves its model without one.
    const price = parsePrice(row, 'snapshot');
    if (price.ok) prices.set(`${row.provider ?? ''}\n${row.model}`, price.value);
  }
  return (provider, model) => {
    if (model === null) return null;
    const named = typeof provider === 'string' ? provider : '';
    return prices.get(`${named}\n${model}`) ?? prices.get(`\n${model}`) ?? null;
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
