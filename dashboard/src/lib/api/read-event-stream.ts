/** One message of a stream of server-sent events. */
export interface StreamMessage {
  readonly event: string;
  readonly data: unknown;
}

/** Characters of one message at most: more is no stream of ours. */
const messageCharacters = 4_000_000;

/** Reads an answer of server-sent events message by message; each carries JSON. */
export async function* readEventStream(response: Response): AsyncGenerator<StreamMessage> {
  if (response.body === null) return;
  let rest = '';
  for await (const text of textOf(response.body)) {
    rest = (rest + text).replaceAll('\r\n', '\n');
    const blocks = rest.split('\n\n');
    rest = blocks.pop() ?? '';
    if (rest.length > messageCharacters)
      throw new Error('The answer has a message without an end.');
    for (const block of blocks) {
      const message = messageOf(block);
      if (message !== null) yield message;
    }
  }
}

async function* textOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield decoder.decode(value, { stream: true });
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

function messageOf(block: string): StreamMessage | null {
  const fields = (name: string) =>
    block
      .split('\n')
      .filter((line) => line.startsWith(`${name}:`))
      .map((line) => line.slice(name.length + 1).replace(/^ /, ''));
  const data = fields('data').join('\n');
  if (data === '') return null;
  return { event: fields('event').at(-1) ?? 'message', data: JSON.parse(data) as unknown };
}
