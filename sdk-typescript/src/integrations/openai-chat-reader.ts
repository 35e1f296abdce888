import type { Json, StreamReader } from './provider.ts';
import { listIn, objectAt, present } from './read-json.ts';
import { StreamText } from './stream-text.ts';

/** Tool calls of one answer that are put together. */
const toolCallLimit = 128;

interface ToolCall {
  readonly id: unknown;
  readonly name: unknown;
  readonly args: StreamText;
}

/** Reads the chunks of a chat completion. */
export function chatReader(): StreamReader {
  const text = new StreamText();
  const calls = new Map<unknown, ToolCall>();
  let told: Json = {};
  let usage: Json | null = null;
  let finishReason: unknown;
  let hasOutput = false;

  const seeToolCall = (part: Json) => {
    const said = objectAt(part, 'function');
    const key = part['index'] ?? calls.size;
    const known = calls.get(key) ?? { id: part['id'], name: said['name'], args: new StreamText() };
    if (calls.size < toolCallLimit) calls.set(key, known);
    known.args.add(said['arguments']);
    hasOutput = true;
  };

  const seeChoice = (choice: Json) => {
    const delta = objectAt(choice, 'delta');
    for (const key of ['content', 'refusal', 'reasoning_content'] as const) {
      text.add(delta[key]);
    }
    for (const part of listIn(delta, 'tool_calls')) seeToolCall(objectAt(part));
    hasOutput ||= !text.isEmpty;
    finishReason ??= choice['finish_reason'] ?? undefined;
  };

  return {
    see(chunk) {
      const said = objectAt(chunk);
      const counted = said['usage'] ?? objectAt(said, 'x_groq')['usage'];
      if (counted !== undefined && counted !== null) usage = objectAt(counted);
      told = { ...told, ...present({ id: said['id'], model: said['model'] }) };
      for (const choice of listIn(said, 'choices')) seeChoice(objectAt(choice));
    },
    get hasOutput() {
      return hasOutput;
    },
    get isComplete() {
      return finishReason !== undefined;
    },
    facts: () => ({
      responseModel: told['model'],
      responseId: told['id'],
      finishReason,
      usage,
      output: [messageOf(text, [...calls.values()])],
    }),
  };
}

/** The message that the pieces make, in the form of an answer that was not streamed. */
function messageOf(text: StreamText, calls: readonly ToolCall[]): Json {
  const toolCalls = calls.map(({ id, name, args }) => {
    return { id, type: 'function', function: { name, arguments: args.toString() } };
  });
  return {
    role: 'assistant',
    ...(text.isEmpty ? {} : { content: text.toString() }),
    ...(toolCalls.length === 0 ? {} : { tool_calls: toolCalls }),
  };
}
