import { hold, type Fault } from './fault.ts';
import {
  faultDirectory,
  faultKey,
  startUnderFault,
  type ServerUnderFault,
} from './server-under-fault.ts';
import { trafficBatches } from './traffic.ts';

const sessions = 120;
const messagesBeforeCut = 12;
const settledAfterMs = 10_000;

/** Streams that are cut again and again: with the last id they miss no change. */
export const cutStreams: Fault = {
  name: 'live stream cut while changes come',
  gate: '0 missed',
  rounds: { full: 1_000, short: 40 },
  async run(rounds) {
    const directory = faultDirectory();
    const server = await startUnderFault(directory.path);
    try {
      const viewer = { lastId: '', seen: new Map<string, string>(), cuts: 0 };
      const sender = { isSending: true };
      const sending = sendSlowly(server, rounds).finally(() => {
        sender.isSending = false;
      });
      while (sender.isSending || viewer.cuts < rounds) {
        await watchUntilCut(server, viewer, () => sender.isSending);
        viewer.cuts += 1;
      }
      await sending;
      const missed = await missedBy(server, viewer);
      hold(missed === 0, `${missed} sessions were not seen as they are`);
      return `${viewer.cuts} cuts, ${viewer.seen.size} sessions, none missed`;
    } finally {
      await server.stop();
      directory.remove();
    }
  },
};

interface Viewer {
  lastId: string;
  readonly seen: Map<string, string>;
  cuts: number;
}

async function sendSlowly(server: ServerUnderFault, rounds: number): Promise<void> {
  const rest = Math.max(2, Math.min(10, 20_000 / rounds));
  for (const body of trafficBatches(3_000, sessions, 5)) {
    const { status, text } = await server.post(body);
    hold(status === 200, `ingest answered ${status}: ${text}`);
    await new Promise((resolve) => setTimeout(resolve, rest));
  }
}

/** Reads a few messages, then drops the connection in the middle of whatever comes next. */
async function watchUntilCut(
  server: ServerUnderFault,
  viewer: Viewer,
  isLive: () => boolean,
): Promise<void> {
  const abort = new AbortController();
  const headers: Record<string, string> = { 'x-api-key': faultKey };
  if (viewer.lastId !== '') headers['last-event-id'] = viewer.lastId;
  const timer = setTimeout(() => abort.abort(), isLive() ? 500 : 60);
  try {
    const answer = await fetch(`${server.url}/api/v1/stream?topics=sessions`, {
      headers,
      signal: abort.signal,
    });
    hold(answer.status === 200, `the stream answered ${answer.status}`);
    let messages = 0;
    for await (const message of readMessages(answer)) {
      take(viewer, message);
      messages += 1;
      if (messages >= messagesBeforeCut) break;
    }
  } catch (error) {
    if (!abort.signal.aborted) throw error;
  } finally {
    clearTimeout(timer);
    abort.abort();
  }
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

/** Rows of roots may follow their trees by a second. */
async function missedBy(server: ServerUnderFault, viewer: Viewer): Promise<number> {
  const until = Date.now() + settledAfterMs;
  for (;;) {
    const { items } = await server.get<{ items: { id: string }[] }>('/sessions?limit=500');
    const missed = items.filter((row) => viewer.seen.get(row.id) !== fingerprint(row)).length;
    if (missed === 0 || Date.now() > until) return missed;
    await watchUntilCut(server, viewer, () => true);
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
