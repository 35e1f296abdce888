import type { Json, StreamReader } from './provider.ts';
import { listIn, objectAt, present } from './read-json.ts';
import { StreamText } from './stream-text.ts';

/** Choices of one answer, and tool calls of one choice, that are put together. */
const partLimit = 128;
const texts = ['content', 'refusal', 'reasoning_content'] as const;

interface ToolCall {
  readonly id: unknown;
  readonly name: unknown;
  readonly args: StreamText;
}

interface Choice {
  readonly texts: Readonly<Record<(typeof texts)[number], StreamText>>;
  readonly toolCalls: Map<unknown, ToolCall>;
  isFinished: boolean;
}

/** Reads the chunks of a chat completion. */
export function chatReader(): StreamReader {
  const choices = new Map<unknown, Choice>();
  let told: Json = {};
  let usage: Json | null = null;
  let finishReason: unknown;
  let hasOutput = false;

  const seeChoice = (said: Json) => {
    const choice = partAt(choices, said['index'] ?? 0, newChoice);
    const delta = objectAt(said, 'delta');
    const toolCalls = listIn(delta, 'tool_calls').map((part) => objectAt(part));
    for (const name of texts) choice.texts[name].add(delta[name]);
    for (const part of toolCalls) seeToolCall(choice, part);
    hasOutput ||= toolCalls.length > 0 || texts.some((name) => !choice.texts[name].isEmpty);
    const reason = said['finish_reason'] ?? undefined;
    finishReason ??= reason;
    choice.isFinished ||= reason !== undefined;
  };

  return {
    see(chunk) {
      const said = objectAt(chunk);
      const counted = said['usage'] ?? objectAt(said, 'x_groq')['usage'];
      if (counted !== undefined && counted !== null) usage = objectAt(counted);
      const { id, model } = said;
      told = { ...told, ...present({ id, model }) };
      for (const choice of listIn(said, 'choices')) seeChoice(objectAt(choice));
    },
    get hasOutput() {
      return hasOutput;
    },
    get isComplete() {
      return choices.size > 0 && [...choices.values()].every(({ isFinished }) => isFinished);
    },
    facts: () => ({
      responseModel: told['model'],
      responseId: told['id'],
      finishReason,
      usage,
      output: () => [...choices.values()].map(messageOf),
    }),
  };
}

function newChoice(): Choice {
  const [content, refusal, reasoning] = [new StreamText(), new StreamText(), new StreamText()];
  const pieces = { content, refusal, reasoning_content: reasoning };
  return { texts: pieces, toolCalls: new Map(), isFinished: false };
}

function seeToolCall({ toolCalls }: Choice, part: Json): void {
  const said = objectAt(part, 'function');
  const begin = () => ({ id: part['id'], name: said['name'], args: new StreamText() });
  partAt(toolCalls, part['index'] ?? 0, begin).args.add(said['arguments']);
}

/** The part at an index, begun where there is none; over the limit it is one that nobody keeps. */
function partAt<T>(parts: Map<unknown, T>, index: unknown, begin: () => T): T {
  const part = parts.get(index) ?? begin();
  if (parts.size < partLimit) parts.set(index, part);
  return part;
}

/** The message that the pieces make, in the form of an answer that was not streamed. */
function messageOf({ texts: pieces, toolCalls }: Choice): Json {
  const written = texts.filter((name) => !pieces[name].isEmpty);
  const calls = [...toolCalls.values()].map(({ id, name, args }) => {
    return { id, type: 'function', function: { name, arguments: args.toString() } };
  });
  return {
    role: 'assistant',
    ...Object.fromEntries(written.map((name) => [name, pieces[name].toString()])),
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
  };
}
