import { request, type IncomingMessage } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

/** One message of a live stream. */
export interface StreamMessage {
  readonly event: string;
  readonly id: string | null;
  readonly text: string;
}

/** A client of a live stream that keeps what it was sent. */
export interface StreamClient {
  readonly response: IncomingMessage;
  readonly messages: StreamMessage[];
  readonly comments: number;
  readonly retry: number | null;
  readonly ended: boolean;
  /** The id to resume from. */
  readonly lastId: string | null;
  /** Waits until a message fits; throws after 15 s. */
  until(fits: (message: StreamMessage) => boolean): Promise<StreamMessage>;
  untilEnded(): Promise<void>;
  close(): void;
}

const longestWaitMs = 15_000;

/** Opens a stream as a client that is no browser does. */
export async function openStream(
  url: string,
  headers: Readonly<Record<string, string>>,
  query = '',
): Promise<StreamClient> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const sent = request(`${url}/api/v1/stream${query}`, { headers, agent: false }, resolve);
    sent.on('error', reject);
    sent.end();
  });
  const state = {
    retry: null as number | null,
    comments: 0,
    ended: false,
    lastId: null as string | null,
  };
  const messages: StreamMessage[] = [];
  let rest = '';
  response.setEncoding('utf8');
  response.on('data', (text: string) => {
    const blocks = (rest + text).split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) readBlock(block, messages, state);
  });
  response.on('error', () => undefined);
  response.on('close', () => {
    state.ended = true;
  });
  const wait = async <T>(what: string, look: () => T | undefined): Promise<T> => {
    for (let waited = 0; waited < longestWaitMs; waited += 5) {
      const found = look();
      if (found !== undefined) return found;
      await pause(5);
    }
    const seen = messages.map(({ event, text }) => `${event} ${text.slice(0, 60)}`).join('\n');
    throw new Error(`no ${what} within ${longestWaitMs} ms; seen:\n${seen}`);
  };
  return {
    response,
    messages,
    get comments() {
      return state.comments;
    },
    get retry() {
      return state.retry;
    },
    get ended() {
      return state.ended;
    },
    get lastId() {
      return state.lastId;
    },
    until: (fits) => wait('such message', () => messages.find(fits)),
    async untilEnded() {
      await wait('end', () => (state.ended ? true : undefined));
    },
    close: () => response.destroy(),
  };
}

function readBlock(
  block: string,
  messages: StreamMessage[],
  state: { retry: number | null; comments: number; lastId: string | null },
): void {
  let event = '';
  let id: string | null = null;
  let text = '';
  for (const line of block.split('\n')) {
    if (line.startsWith(':')) state.comments += 1;
    else if (line.startsWith('retry: ')) state.retry = Number(line.slice(7));
    else if (line.startsWith('event: ')) event = line.slice(7);
    else if (line.startsWith('id: ')) id = line.slice(4);
    else if (line.startsWith('data: ')) text += line.slice(6);
  }
  if (id !== null) state.lastId = id;
  if (event !== '') messages.push({ event, id, text });
}
