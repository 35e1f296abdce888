import { costOfEvent, pricedModel } from '@niitaka/core/cost/cost-of-event.ts';
import type { EventFacts } from '@niitaka/core/session/count-event.ts';
import { eventState, type EventRow } from '../../storage/event-row.ts';
import type { CommandContext } from '../command.ts';

/** An `llm` event with its model, tokens and cost read from its data (C1). An open one has no cost yet. */
export async function chargeEvent(
  context: CommandContext,
  row: EventRow,
  data: Readonly<Record<string, unknown>>,
): Promise<EventRow> {
  const provider = textOf(data['provider']);
  const model = pricedModel(data);
  const described = {
    ...row,
    provider,
    model: model ?? textOf(data['model']),
    timeToFirstTokenMs: numberOf(data['time_to_first_token_ms']),
  };
  if (row.state === eventState.open) return described;
  const price = context.findPrice(provider, model, row.startedAtMs);
  const cost = costOfEvent(data, null, price);
  const priceId =
    cost.price === null
      ? null
      : await context.tx.priceId(cost.price.version, JSON.stringify(cost.price.row));
  return {
    ...described,
    inputTokens: cost.usage.inputTokens,
    outputTokens: cost.usage.outputTokens,
    costNanoUsd: cost.costNanoUsd,
    costSource: cost.source,
    priceId,
    costClasses: cost.classes === null ? null : classesText(cost.classes),
  };
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
  const parts: string[] = [];
  for (const [name, nanoUsd] of Object.entries(classes)) {
    if (nanoUsd !== 0n) parts.push(`"${name}":"${nanoUsd}"`);
  }
  return `{${parts.join(',')}}`;
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function numberOf(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}
