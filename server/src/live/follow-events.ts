import { renderMessage } from './live-frame.ts';
import { placeIn } from './live-id.ts';
import type { EventText, LiveSource } from './live-source.ts';
import type { Subscriber } from './subscriber.ts';

/** The next page of a session's events after a position. */
export type EventPages = (sessionId: string, position: number) => Promise<readonly EventText[]>;

const eventsPerRead = 200;

/** Reads pages of events; streams at the same place of the same session at the same time share one read. */
export function sharedEventPages(source: LiveSource, orgId: string): EventPages {
  const reads = new Map<string, Promise<readonly EventText[]>>();
  return (sessionId, position) => {
    const name = `${sessionId}.${position}`;
    const running = reads.get(name);
    if (running !== undefined) return running;
    const read = source
      .eventsAfter(orgId, sessionId, position, eventsPerRead)
      .finally(() => reads.delete(name));
    reads.set(name, read);
    return read;
  };
}

/** Writes what the followed session got since, page by page as the client drains; answers how many events. */
export async function writeEvents(
  subscriber: Subscriber,
  pages: EventPages,
  clock: () => number,
): Promise<number> {
  const followed = subscriber.followed;
  if (followed === null) return 0;
  followed.wanted = true;
  if (followed.reading) return 0;
  followed.reading = true;
  let written = 0;
  // The stream may turn to another session while a page is read.
  while (followed.wanted && subscriber.followed === followed) {
    followed.wanted = false;
    const events = await pages(followed.sessionId, followed.position).catch((error: unknown) => {
      followed.reading = false;
      throw error;
    });
    if (subscriber.followed !== followed) break;
    written += writePage(subscriber, events, clock());
    if (!(await subscriber.sink.drained())) break;
    if (events.length >= eventsPerRead) followed.wanted = true;
  }
  followed.reading = false;
  return written;
}

function writePage(
  { followed, revision, sink }: Subscriber,
  events: readonly EventText[],
  sentAtMs: number,
): number {
  if (followed === null || events.length === 0) return 0;
  let text = '';
  for (const event of events) {
    followed.position = event.position;
    text += renderMessage('event', event.text, { revision, place: placeIn(followed), sentAtMs });
  }
  sink.write(text);
  return events.length;
}
