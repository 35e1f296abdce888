import type { Script } from './compare-observed.ts';

/** Frames of a chat completion stream as OpenAI sends them; `hasUsage` as `stream_options` asks. */
export function chatFrames(texts: readonly string[], hasUsage: boolean): string[] {
  const usage = hasUsage ? { usage: null } : {};
  const chunk = (delta: object, finishReason: string | null = null) =>
    frame({ ...chunkHead, choices: [{ index: 0, delta, finish_reason: finishReason }], ...usage });
  return [
    chunk({ role: 'assistant', content: '' }),
    ...texts.map((content) => chunk({ content })),
    chunk({}, 'stop'),
    ...(hasUsage ? [frame({ ...chunkHead, choices: [], usage: chatUsage })] : []),
    'data: [DONE]\n\n',
  ];
}

/** One server-sent event without a name. */
export function frame(data: object): string {
  return `data: ${JSON.stringify(data)}\n\n`;
}

/** What every chunk says. */
export const chunkHead = {
  id: 'chatcmpl-1',
  object: 'chat.completion.chunk',
  created: 1_760_000_000,
  model: 'gpt-5-2025-08-07',
};

/** Usage with every class of a text call. */
export const chatUsage = {
  prompt_tokens: 1200,
  completion_tokens: 300,
  total_tokens: 1500,
  prompt_tokens_details: { cached_tokens: 1000, audio_tokens: 0 },
  completion_tokens_details: { reasoning_tokens: 250, audio_tokens: 0 },
};

/** A whole chat completion. */
export const completion = {
  ...chunkHead,
  object: 'chat.completion',
  choices: [
    {
      index: 0,
      message: { role: 'assistant', content: 'Hello there', refusal: null },
      logprobs: null,
      finish_reason: 'stop',
    },
  ],
  usage: chatUsage,
};

/** What {@link chatUsage} is on the wire. */
export const wholeUsage = {
  input_tokens: 1200,
  output_tokens: 300,
  cache_read_tokens: 1000,
  reasoning_tokens: 250,
};

/** What is asked of a chat model; its message counts as 5 tokens, its role as 1. */
export const chatRequest = {
  model: 'gpt-5',
  messages: [{ role: 'user' as const, content: 'Say hello to them' }],
};

/** A stream in the way of OpenAI: with usage where it was asked for. */
export function chatStream(texts: readonly string[], gapMs = 0): Script {
  return ({ body }) => {
    const asked = (body['stream_options'] ?? {}) as { include_usage?: boolean };
    return { frames: chatFrames(texts, asked.include_usage === true), gapMs };
  };
}

/** Everything that a stream gives. */
export async function collect<T>(chunks: AsyncIterable<T>): Promise<T[]> {
  const seen: T[] = [];
  for await (const chunk of chunks) seen.push(chunk);
  return seen;
}
