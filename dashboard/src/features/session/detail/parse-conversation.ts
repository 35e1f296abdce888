import type { Conversation, Message } from './conversation.ts';
import { isObject, readJsonContainer, textAt, type JsonObject } from './json-shape.ts';
import { parseParts, parseToolCalls, plainText } from './parse-parts.ts';

/**
 * Reads an llm event's `input` and `output` as messages: OpenAI chat and responses, Anthropic,
 * Gemini, or plain text. What no shape fits stays as JSON, so that nothing captured is hidden.
 */
export function parseConversation(input: unknown, output: unknown): Conversation {
  const sent = readJsonContainer(input);
  return {
    input: parseInput(sent),
    output: parseOutput(readJsonContainer(output)),
    tools: isObject(sent) ? toolNames(sent['tools']) : [],
  };
}

function parseInput(input: unknown): Message[] {
  if (input === null || input === undefined) return [];
  if (!isObject(input)) return parseMessages(input, 'user');
  const list = input['messages'] ?? input['contents'] ?? input['input'] ?? input['prompt'];
  if (list === undefined) return parseMessages(input, 'user');
  const system =
    input['system'] ??
    input['instructions'] ??
    input['systemInstruction'] ??
    input['system_instruction'];
  return [...parseSystem(system), ...parseMessages(list, 'user')];
}

function parseSystem(system: unknown): Message[] {
  if (system === null || system === undefined) return [];
  const content = isObject(system) && 'parts' in system ? system['parts'] : system;
  const parts = parseParts(content);
  return parts.length === 0 ? [] : [{ role: 'system', name: null, parts }];
}

function parseOutput(output: unknown): Message[] {
  if (output === null || output === undefined) return [];
  if (!isObject(output)) return parseMessages(output, 'assistant');
  if (Array.isArray(output['choices'])) {
    return output['choices'].filter(isObject).flatMap((choice) => parseChoice(choice));
  }
  if (Array.isArray(output['candidates'])) {
    return output['candidates']
      .filter(isObject)
      .flatMap((one) => parseMessages(one['content'], 'assistant'));
  }
  const inner = output['output'] ?? output['message'] ?? output['messages'];
  if (inner !== undefined && output['role'] === undefined) return parseMessages(inner, 'assistant');
  return parseMessages(output, 'assistant');
}

function parseChoice(choice: JsonObject): Message[] {
  const message = choice['message'] ?? choice['delta'] ?? choice['text'];
  return parseMessages(message, 'assistant');
}

/** A text, a message, a part, or a list of any of them; loose neighbours form one message. */
function parseMessages(value: unknown, role: string): Message[] {
  const messages: Message[] = [];
  for (const one of Array.isArray(value) ? (value as unknown[]) : [value]) {
    const message = isObject(one) ? parseMessage(one, role) : null;
    if (message !== null) {
      messages.push(message);
      continue;
    }
    const parts = parseParts(one);
    const roleOfPart = parts[0]?.kind === 'tool_result' ? 'tool' : loosePartRole(one, role);
    const last = messages.at(-1);
    if (last?.role === roleOfPart && isLoose.has(last)) {
      messages[messages.length - 1] = loose({ ...last, parts: [...last.parts, ...parts] });
    } else if (parts.length > 0) {
      messages.push(loose({ role: roleOfPart, name: null, parts }));
    }
  }
  return messages;
}

/** Messages made of parts that stood without one, which later parts may join. */
const isLoose = new WeakSet<Message>();

function loose(message: Message): Message {
  isLoose.add(message);
  return message;
}

function loosePartRole(part: unknown, role: string): string {
  const type = isObject(part) ? part['type'] : null;
  return type === 'function_call' || type === 'reasoning' ? 'assistant' : role;
}

function parseMessage(value: JsonObject, role: string): Message | null {
  const named = textAt(value, 'role');
  const content = value['content'] ?? value['parts'];
  const calls = parseToolCalls(value['tool_calls']);
  const isPart = typeof value['type'] === 'string' && value['type'] !== 'message';
  if (named === null && (isPart || (content === undefined && calls.length === 0))) return null;
  const own = {
    role: named === 'model' ? 'assistant' : (named ?? role),
    name: textAt(value, 'name'),
  };
  if (named === 'tool' || named === 'function') return { ...own, parts: [resultOf(value)] };
  return {
    ...own,
    parts: [...thinkingOf(value), ...parseParts(content), ...refusalOf(value), ...calls],
  };
}

function resultOf(value: JsonObject): Message['parts'][number] {
  const content = value['content'] ?? null;
  return {
    kind: 'tool_result',
    id: textAt(value, 'tool_call_id'),
    content: plainText(content) ?? content,
    failed: false,
  };
}

function thinkingOf(value: JsonObject): Message['parts'] {
  const text = textAt(value, 'reasoning_content') ?? textAt(value, 'reasoning');
  return text === null || text === '' ? [] : [{ kind: 'thinking', text }];
}

function refusalOf(value: JsonObject): Message['parts'] {
  const text = textAt(value, 'refusal');
  return text === null || text === '' ? [] : [{ kind: 'text', text }];
}

function toolNames(tools: unknown): string[] {
  if (!Array.isArray(tools)) return [];
  return tools.filter(isObject).flatMap((tool) => {
    const inner = isObject(tool['function']) ? tool['function'] : tool;
    const declared = tool['functionDeclarations'] ?? tool['function_declarations'];
    if (Array.isArray(declared)) return toolNames(declared);
    return textAt(inner, 'name') ?? textAt(tool, 'type') ?? [];
  });
}
