import type { IngestAnswer } from '@niitaka/protocol/ingest.ts';
import type { Batch, Entry } from './entry.ts';
import type { Sender } from './one-way.ts';
import type { Delivery } from './retry.ts';

/** One part of a batch with what became of it. */
export interface Part {
  readonly entries: readonly Entry[];
  /** The server's answer; null when it refused this single record without looking at it. */
  readonly answer: IngestAnswer | null;
}

/** Halves a batch that is refused whole until the bad record stands alone. */
export class Halve implements Sender<Batch, Promise<Part[] | null>> {
  readonly #next: Sender<Batch, Promise<Delivery>>;

  constructor(next: Sender<Batch, Promise<Delivery>>) {
    this.#next = next;
  }

  /** Every entry in exactly one part, in order; null when the transport was closed meanwhile. */
  async send(batch: Batch): Promise<Part[] | null> {
    const { entries } = batch;
    const delivery = await this.#next.send(batch);
    if (delivery.kind === 'abandoned') return null;
    if (delivery.kind === 'answered') return [{ entries, answer: delivery.answer }];
    if (entries.length <= 1) return [{ entries, answer: null }];
    const middle = Math.ceil(entries.length / 2);
    const first = await this.send({ entries: entries.slice(0, middle) });
    const second = first && (await this.send({ entries: entries.slice(middle) }));
    return first && second && [...first, ...second];
  }
}
