import type { AnswerFacts, Json, StreamReader } from './provider.ts';
import { objectAt, usageOf } from './read-json.ts';
import { StreamText } from './stream-text.ts';

const endings = new Set<unknown>(['response.completed', 'response.incomplete', 'response.failed']);

/** What a whole answer of the Responses API says. */
export function readResponse(answer: Json): AnswerFacts {
  return {
    responseModel: answer['model'],
    responseId: answer['id'],
    finishReason: objectAt(answer, 'incomplete_details')['reason'] ?? answer['status'],
    usage: usageOf(answer),
    output: () => answer['output'],
  };
}

/** Reads the events of a response. */
export function responsesReader(): StreamReader {
  const text = new StreamText();
  let response: Json = {};
  let isComplete = false;
  return {
    see(event) {
      const said = objectAt(event);
      if (typeof said['response'] === 'object') response = objectAt(said, 'response');
      if (String(said['type']).endsWith('.delta')) text.add(said['delta']);
      isComplete ||= endings.has(said['type']);
    },
    get hasOutput() {
      return !text.isEmpty;
    },
    get isComplete() {
      return isComplete;
    },
    facts() {
      const facts = readResponse(response);
      if (isComplete) return facts;
      // Until then its status is "in_progress", which is no reason to have finished.
      const message = { role: 'assistant', content: text.toString() };
      return { ...facts, finishReason: undefined, output: () => [message] };
    },
  };
}
