import { hold } from './fault.ts';
import type { ServerUnderFault } from './server-under-fault.ts';

interface Page {
  readonly items: readonly { readonly event_id: string }[];
  readonly next_after: number | null;
}

/** Holds that every event of these sessions is stored; answers how many there are. */
export async function holdStored(
  server: ServerUnderFault,
  acknowledged: ReadonlyMap<string, ReadonlySet<string>>,
): Promise<number> {
  let count = 0;
  for (const [sessionId, wanted] of acknowledged) {
    const found = await storedEvents(server, sessionId);
    count += wanted.size;
    for (const eventId of wanted) {
      const isThere = found.has(eventId);
      hold(isThere, `event ${eventId} of session ${sessionId} was acknowledged and is gone`);
    }
  }
  return count;
}

async function storedEvents(server: ServerUnderFault, sessionId: string): Promise<Set<string>> {
  const found = new Set<string>();
  let after: number | null = 0;
  while (after !== null) {
    const path: string = `/sessions/${sessionId}/events?content=none&limit=500&after=${after}`;
    const page: Page = await server.get<Page>(path);
    for (const { event_id: id } of page.items) found.add(id);
    after = page.next_after;
  }
  return found;
}
