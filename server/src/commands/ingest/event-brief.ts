import type { EventType } from '@niitaka/core/event/event.ts';
import { cutText, storableText } from '@niitaka/core/text/cut-text.ts';

/** A brief is at most this many characters. */
export const briefLimit = 200;

/** What a timeline shows of an event beside its name: message, choice or finish reason. */
export function briefOf(type: EventType, data: Readonly<Record<string, unknown>>): string | null {
  const found = data[briefField[type]];
  return typeof found === 'string' ? cutText(storableText(found), briefLimit).text : null;
}

const briefField: Readonly<Record<EventType, string>> = {
  llm: 'finish_reason',
  tool: 'call_id',
  decision: 'choice',
  error: 'message',
  log: 'message',
};
