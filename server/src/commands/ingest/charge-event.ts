import { costOfEvent, pricedModel } from '@niitaka/core/cost/cost-of-event.ts';
import type { Price } from '@niitaka/core/cost/price.ts';
import { limits } from '@niitaka/core/limits.ts';
import { cutText, storableText } from '@niitaka/core/text/cut-text.ts';
import type { EventFacts } from '@niitaka/core/session/count-event.ts';
import type { EventRow } from '../../storage/event-row.ts';
import type { BatchWork } from './batch-work.ts';

/** What is read from the data of an `llm` event: nothing but nulls for any other. */
export type Charge = Pick<
  EventRow,
  | 'provider'
  | 'model'
  | 'inputTokens'
  | 'outputTokens'
  | 'timeToFirstTokenMs'
  | 'costNanoUsd'
  | 'costSource'
  | 'priceId'
  | 'costClasses'
>;

/** The charge of whatever is no model call. */
export const noCharge: Charge = {
  provider: null,
  model: null,
  inputTokens: null,
  outputTokens: null,
  timeToFirstTokenMs: null,
  costNanoUsd: null,
  costSource: null,
  priceId: null,
  costClasses: null,
};

/** The charge of an `llm` event (C1), open or closed: an open one has no cost yet. */
export async function chargeEvent(
  work: Pick<BatchWork, 'context' | 'priceIds'>,
  isOpen: boolean,
  startedAtMs: number,
  data: Readonly<Record<string, unknown>>,
): Promise<Charge> {
  const { charge, price } = computeCharge(work, isOpen, startedAtMs, data);
  return price === null ? charge : { ...charge, priceId: await storePrice(work, price) };
}

/** As {@link chargeEvent}, with the price itself where its row's id is not known yet. */
export function computeCharge(
  { context, priceIds }: Pick<BatchWork, 'context' | 'priceIds'>,
  isOpen: boolean,
  startedAtMs: number,
  data: Readonly<Record<string, unknown>>,
): { charge: Charge; price: Price | null } {
  const sentProvider = textOf(data['provider']);
  const priced = pricedModel(data);
  const provider = nameOf(sentProvider);
  const model = nameOf(priced ?? textOf(data['model']));
  const timeToFirstTokenMs = numberOf(data['time_to_first_token_ms']);
  if (isOpen) return { charge: { ...noCharge, provider, model, timeToFirstTokenMs }, price: null };
  const cost = costOfEvent(data, null, context.findPrice(sentProvider, priced, startedAtMs));
  const priceId = cost.price === null ? null : (priceIds.get(cost.price) ?? null);
  const charge = {
    provider,
    model,
    inputTokens: cost.usage.inputTokens,
    outputTokens: cost.usage.outputTokens,
    timeToFirstTokenMs,
    costNanoUsd: cost.costNanoUsd,
    costSource: cost.source,
    priceId,
    costClasses: cost.classes === null ? null : classesText(cost.classes),
  };
  return { charge, price: priceId === null ? cost.price : null };
}

async function storePrice(
  { context, priceIds }: Pick<BatchWork, 'context' | 'priceIds'>,
  price: Price,
): Promise<number> {
  const id = await context.tx.priceId(price.version, JSON.stringify(price.row));
  priceIds.set(price, id);
  return id;
}

/** What a stored event adds to its session's counters. */
export function factsOf(row: EventRow): EventFacts {
  return {
    type: row.type,
    afterEnd: row.afterEnd,
    costNanoUsd: row.costNanoUsd,
    unpriced: row.costSource === 'unpriced',
    inputTokens: row.inputTokens ?? 0,
    outputTokens: row.outputTokens ?? 0,
  };
}

/** Classes that cost nothing are left out; the others as nano-USD text. */
function classesText(classes: Readonly<Record<string, bigint>>): string {
  let parts = '';
  for (const name in classes) {
    const nanoUsd = classes[name];
    if (nanoUsd !== 0n) parts += `${parts === '' ? '' : ','}"${name}":"${nanoUsd}"`;
  }
  return `{${parts}}`;
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/** A name as a column takes it; its call is priced by the name as sent. */
function nameOf(text: string | null): string | null {
  return text === null ? null : cutText(storableText(text), limits.nameCharacters).text;
}

function numberOf(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}
