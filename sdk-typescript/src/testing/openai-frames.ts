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
