import type { Event } from '@niitaka/protocol/event.ts';
import type { JsonObject } from './json-shape.ts';

const tokens = [
  'input_tokens',
  'output_tokens',
  'cache_read_tokens',
  'cache_write_5m_tokens',
  'cache_write_1h_tokens',
  'reasoning_tokens',
  'input_audio_tokens',
  'output_audio_tokens',
  'input_image_tokens',
  'output_image_tokens',
];

/** What each type's own view shows already. */
const shown: Readonly<Record<Event['type'], readonly string[]>> = {
  llm: [...tokens, 'model', 'input', 'output', 'time_to_first_token_ms'],
  tool: ['input', 'output'],
  decision: ['choice', 'options', 'reason'],
  error: ['kind', 'message', 'exception_type', 'stack', 'retryable', 'attempt'],
  log: ['message'],
};

/** The rest of an event's data: nothing that was sent is hidden. */
export function otherFields(type: Event['type'], data: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(data).filter(([key, value]) => value !== null && !shown[type].includes(key)),
  );
}
