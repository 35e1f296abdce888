import { hold } from './fault.ts';
import { faultKey, type ServerUnderFault } from './server-under-fault.ts';

/** Somebody who watches the sessions, over one connection after the other. */
export interface Viewer {
  lastId: string;
  /** What was last seen of each session. */
  readonly seen: Map<string, string>;
}

/** A viewer that has seen nothing. */
export function newViewer(): Viewer {
  return { lastId: '', seen: new Map() };
}

/** Watches on from where the viewer was, and yields after each message; aborting ends it. */
export async function* watch(
  server: ServerUnderFault,
  viewer: Viewer,
  signal: AbortSignal,
): AsyncGenerator<void> {
  const headers: Record<string, string> = { 'x-api-key': faultKey };
  if (viewer.lastId !== '') headers['last-event-id'] = viewer.lastId;
  try {
    const url = `${server.url}/api/v1/stream?topics=sessions`;
    const answer = await fetch(url, { headers, signal });
    hold(answer.status === 200, `the stream answered ${answer.status}`);
    for await (const message of readMessages(answer)) {
      take(viewer, message);
      yield;
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** How many of the newest sessions the viewer did not see as they are. */
export async function missedRows(server: ServerUnderFault, { seen }: Viewer): Promise<number> {
  const { items } = await server.get<{ items: { id: string }[] }>('/sessions?limit=500');
  return items.filter((row) => seen.get(row.id) !== fingerprint(row)).length;
}

interface Message {
  readonly event: string;
  readonly id: string | null;
  readonly data: string;
}

function take(viewer: Viewer, { event, id, data }: Message): void {
  hold(event !== 'reset', 'the stream was reset');
  if (event === 'session') {
    const row = JSON.parse(data) as { id: string };
    viewer.seen.set(row.id, fingerprint(row));
  }
  if (id !== null) viewer.lastId = id;
}

async function* readMessages(answer: Response): AsyncGenerator<Message> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of answer.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    const parts = text.split('\n\n');
    text = parts.pop() ?? '';
    for (const part of parts) {
      const field = (name: string) =>
        part
          .split('\n')
          .find((line) => line.startsWith(`${name}: `))
          ?.slice(name.length + 2) ?? null;
      const data = field('data');
      if (data !== null) yield { event: field('event') ?? 'message', id: field('id'), data };
    }
  }
}

const compared = [
  'status',
  'total_cost_nano_usd',
  'event_count',
  'step_count',
  'error_count',
  'metrics',
  'ended_at',
];

function fingerprint(row: object): string {
  return JSON.stringify(compared.map((field) => (row as Record<string, unknown>)[field]));
}
