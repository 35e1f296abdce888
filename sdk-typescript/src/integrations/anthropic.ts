import type { AnswerFacts, Endpoint, Json, Provider, StreamReader } from './provider.ts';
import { objectAt } from './read-json.ts';
import { StreamText } from './stream-text.ts';

/** Blocks of one answer that are put together. */
const blockLimit = 1000;

const messages: Endpoint = {
  method: 'messages.create',
  takesModel: (name) => /claude|anthropic/.test(name),
  input: ({ system, messages: given }) =>
    system === undefined ? given : { system, messages: given },
  readAnswer: (answer) => factsOf(answer, () => answer['content'], objectAt(answer, 'usage')),
  openReader: messagesReader,
};

/** The package `@anthropic-ai/sdk`. */
export const anthropic: Provider = {
  library: '@anthropic-ai/sdk',
  resources: ['messages', 'beta'],
  isClient: (client) => 'create' in objectAt(client, 'messages'),
  endpoints: { '/v1/messages': messages },
  originOf: () => ({ provider: 'anthropic', format: 'anthropic' }),
};

function factsOf(message: Json, content: () => unknown, usage: Json): AnswerFacts {
  return {
    responseModel: message['model'],
    responseId: message['id'],
    finishReason: message['stop_reason'],
    usage: Object.keys(usage).length === 0 ? null : usage,
    output: () => [{ role: 'assistant', content: content() }],
  };
}

interface Block {
  readonly start: Json;
  readonly text: StreamText;
}

/** Reads the events of a message; its figures are running totals: a later one overwrites. */
function messagesReader(): StreamReader {
  const blocks = new Map<unknown, Block>();
  let message: Json = {};
  let usage: Json = {};
  let hasOutput = false;
  let isComplete = false;

  const count = (figures: Json) => {
    const told = Object.entries(figures).filter(([, value]) => value !== null);
    usage = { ...usage, ...Object.fromEntries(told) };
  };

  const readers: Readonly<Record<string, (event: Json) => void>> = {
    message_start: (event) => {
      message = objectAt(event, 'message');
      count(objectAt(message, 'usage'));
    },
    content_block_start: (event) => {
      if (blocks.size >= blockLimit) return;
      // A copy: the library goes on to fill its own.
      const start = { ...objectAt(event, 'content_block') };
      const text = new StreamText();
      text.add(start['text']);
      blocks.set(event['index'], { start, text });
    },
    content_block_delta: (event) => {
      const { text, partial_json: json, thinking } = objectAt(event, 'delta');
      const block = blocks.get(event['index']);
      for (const piece of [text, json, thinking]) block?.text.add(piece);
      hasOutput = true;
    },
    message_delta: (event) => {
      count(objectAt(event, 'usage'));
      message = { ...message, ...objectAt(event, 'delta') };
    },
    message_stop: () => {
      isComplete = true;
    },
  };

  return {
    see: (event) => {
      const said = objectAt(event);
      readers[String(said['type'])]?.(said);
    },
    get hasOutput() {
      return hasOutput;
    },
    get isComplete() {
      return isComplete;
    },
    facts: () => factsOf(message, () => [...blocks.values()].map(blockOf), usage),
  };
}

function blockOf({ start, text }: Block): Json {
  if (text.isEmpty) return start;
  const written = text.toString();
  if ('input' in start) return { ...start, input: jsonOrText(written) };
  return { ...start, [start['type'] === 'thinking' ? 'thinking' : 'text']: written };
}

/** The input of a tool; the pieces of one that was cut are no JSON. */
function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
