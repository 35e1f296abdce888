import type { IngestRecord } from '@niitaka/protocol/ingest.ts';
import type { Random } from './random.ts';

/** Where an event stands. */
export interface EventPlace {
  readonly sessionId: string;
  readonly sender: string;
  readonly seq: number;
  readonly startMs: number;
}

/** A finished event of a type that agents' events have, with content of about `contentBytes`. */
export function eventOf(
  random: Random,
  place: EventPlace,
  errorShare: number,
  contentBytes: number,
): { readonly record: IngestRecord; readonly latencyMs: number } {
  const type = random.chance(errorShare) ? 'error' : random.pick(types);
  const { name, latencyMs, data } = makers[type](random, contentBytes);
  const record: IngestRecord = {
    kind: 'event',
    session_id: place.sessionId,
    event_id: random.id(place.startMs),
    sender: place.sender,
    seq: place.seq,
    type,
    name,
    started_at: new Date(place.startMs).toISOString(),
    ended_at: new Date(place.startMs + latencyMs).toISOString(),
    latency_ms: latencyMs,
    data,
  };
  return { record, latencyMs };
}

interface Content {
  readonly name: string | null;
  readonly latencyMs: number;
  readonly data: Record<string, string | number | boolean | null>;
}

/** Ten draws: about half model calls, a third tools. */
const types = [
  'llm',
  'llm',
  'llm',
  'llm',
  'llm',
  'tool',
  'tool',
  'tool',
  'decision',
  'log',
] as const;

const makers: Readonly<
  Record<(typeof types)[number] | 'error', (random: Random, bytes: number) => Content>
> = {
  llm: modelCall,
  tool: toolCall,
  decision,
  log: (random, bytes) => ({ name: null, latencyMs: 0, data: { message: words(random, bytes) } }),
  error: failure,
};

function modelCall(random: Random, bytes: number): Content {
  const [provider, model] = random.pick(models);
  const input = Math.round(random.spread(1800, 0.9));
  const output = Math.round(random.spread(220, 0.8));
  const latencyMs = Math.round(300 + output * 12);
  return {
    name: model,
    latencyMs,
    data: {
      provider,
      model,
      input_tokens: input,
      output_tokens: output,
      cache_read_tokens: random.chance(0.6) ? Math.floor(input * 0.7) : 0,
      finish_reason: 'stop',
      time_to_first_token_ms: random.between(180, 900),
      input: words(random, bytes * 0.7),
      output: words(random, bytes * 0.3),
    },
  };
}

function toolCall(random: Random, bytes: number): Content {
  return {
    name: random.pick(tools),
    latencyMs: Math.round(random.spread(120, 1)),
    data: { input: words(random, bytes * 0.2), output: words(random, bytes * 0.8) },
  };
}

function decision(random: Random, bytes: number): Content {
  const choice = random.pick(choices);
  return { name: null, latencyMs: 0, data: { choice, reason: words(random, bytes / 3) } };
}

function failure(random: Random): Content {
  const [kind, message] = random.pick(failures);
  return { name: null, latencyMs: random.between(0, 2000), data: { kind, message, attempt: 1 } };
}

/** Text of about the given length, at most 64 KiB: a slice of a fixed book costs less than picking words. */
function words(random: Random, bytes: number): string {
  const start = random.between(0, page.length - 1);
  return book.slice(start, start + Math.max(1, Math.round(bytes)));
}

const page = [
  'The customer asks for a refund of the annual plan, because the second seat was never used.',
  'According to the contract, unused seats are credited within thirty days of the request.',
  'Three sources agree on the figure; the fourth is older and quotes the preliminary release.',
  'The failing test expects the total to be rounded half to even, the code rounds half up.',
  '{"status":"ok","rows":42,"next":"c2Vzc2lvbnM6MTIz"} ',
].join(' ');

const book = page.repeat(Math.ceil(65_536 / page.length) + 1);

const models = [
  ['openai', 'gpt-5'],
  ['openai', 'gpt-5-mini'],
  ['openai', 'gpt-4o-mini'],
  ['anthropic', 'claude-sonnet-4-5'],
  ['google', 'gemini-2.5-flash'],
] as const;
const tools = [
  'search_web',
  'read_file',
  'run_tests',
  'query_database',
  'send_email',
  'fetch_ticket',
];
const choices = ['escalate', 'answer directly', 'ask for more', 'use the cache', 'delegate'];
const failures = [
  ['rate_limit', 'Rate limit reached for requests per minute'],
  ['timeout', 'The request took longer than 60 s'],
  ['overloaded', 'Overloaded'],
  ['exception', "KeyError: 'invoice_id'"],
] as const;
