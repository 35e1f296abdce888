import type { Reader } from '../../storage/reader.ts';
import type {
  ReplayEventRequest,
  ReplayEvents,
  ReplaySession,
} from '../../storage/replay-reader.ts';

/** Events that are read and replayed at a time: between two such pages everybody else has their turn. */
const pageEvents = 4_000;

/** Sessions whose events are read by one statement. */
const pageSessions = 500;

/** The events of some sessions in their order; the places in `session` are those among `sessions`. */
export interface EventPage {
  readonly sessions: readonly ReplaySession[];
  readonly events: ReplayEvents;
}

/** Where sessions are read, until nobody listens any more. */
export interface ReplaySource {
  readonly reader: Reader;
  readonly orgId: string;
  readonly signal: AbortSignal;
}

/** Reads the events of sessions page by page: several short sessions a page, or a part of one that is long. */
export async function* readEvents(
  { reader, orgId, signal }: ReplaySource,
  sessions: readonly ReplaySession[],
  what: ReplayEventRequest['what'],
): AsyncGenerator<EventPage> {
  for (const part of partsOf(sessions)) {
    const keys = part.map(({ key }) => key);
    let after: ReplayEventRequest['after'] = null;
    do {
      signal.throwIfAborted();
      // A running session may have grown since it was read.
      const limit = keys.length === 1 ? pageEvents : 4 * pageEvents;
      const events: ReplayEvents = await reader.replayEvents(orgId, { keys, what, after, limit });
      yield { sessions: part, events };
      const isMore = events.isCut && keys.length === 1;
      after = isMore ? lastOf(events) : null;
    } while (after !== null);
  }
}

function lastOf({ atMs, position }: ReplayEvents): ReplayEventRequest['after'] {
  return { atMs: atMs.at(-1) ?? 0, position: position.at(-1) ?? 0 };
}

function* partsOf(sessions: readonly ReplaySession[]): Generator<readonly ReplaySession[]> {
  let part: ReplaySession[] = [];
  let events = 0;
  for (const session of sessions) {
    const isFull = events + session.events > pageEvents || part.length >= pageSessions;
    if (isFull && part.length > 0) {
      yield part;
      [part, events] = [[], 0];
    }
    part.push(session);
    events += session.events;
  }
  if (part.length > 0) yield part;
}
