import type { MessagePart } from './conversation.ts';
import { isObject, readJsonText, textAt, type JsonObject } from './json-shape.ts';

/** The parts of a message's content: text, one part, or a list of parts. */
export function parseParts(content: unknown): MessagePart[] {
  if (content === null || content === undefined) return [];
  if (typeof content === 'string') return content === '' ? [] : [{ kind: 'text', text: content }];
  if (Array.isArray(content)) return content.flatMap((part) => parseParts(part));
  if (isObject(content)) return [parsePart(content)];
  return [{ kind: 'json', value: content }];
}

/** OpenAI's `tool_calls` of an assistant message. */
export function parseToolCalls(calls: unknown): MessagePart[] {
  if (!Array.isArray(calls)) return [];
  return calls.filter(isObject).map((call) => {
    const inner = isObject(call['function']) ? call['function'] : call;
    return toolCall(
      textAt(call, 'id'),
      textAt(inner, 'name'),
      inner['arguments'] ?? inner['args'] ?? inner['input'],
    );
  });
}

function parsePart(part: JsonObject): MessagePart {
  return parseTypedPart(part) ?? parseGeminiPart(part) ?? { kind: 'json', value: part };
}

function parseTypedPart(part: JsonObject): MessagePart | null {
  switch (part['type']) {
    case 'text':
    case 'input_text':
    case 'output_text':
      return textPart('text', part['text']);
    case 'refusal':
      return textPart('text', part['refusal']);
    case 'thinking':
      return textPart('thinking', part['thinking']);
    case 'redacted_thinking':
      return { kind: 'thinking', text: '(redacted by the provider)' };
    case 'reasoning':
      return { kind: 'thinking', text: reasoningText(part) };
    case 'tool_use':
    case 'server_tool_use':
      return toolCall(textAt(part, 'id'), textAt(part, 'name'), part['input']);
    case 'function_call':
      return toolCall(
        textAt(part, 'call_id') ?? textAt(part, 'id'),
        textAt(part, 'name'),
        part['arguments'],
      );
    case 'tool_result':
      return toolResult(textAt(part, 'tool_use_id'), part['content'], part['is_error'] === true);
    case 'function_call_output':
      return toolResult(textAt(part, 'call_id'), part['output'], false);
    case 'image':
    case 'image_url':
    case 'input_image':
      return { kind: 'media', what: mediaName('image', part) };
    case 'input_audio':
    case 'audio':
      return { kind: 'media', what: mediaName('audio', part) };
    case 'document':
    case 'file':
    case 'input_file':
      return { kind: 'media', what: mediaName('file', part) };
    default:
      return null;
  }
}

function parseGeminiPart(part: JsonObject): MessagePart | null {
  if (typeof part['text'] === 'string') {
    return textPart(part['thought'] === true ? 'thinking' : 'text', part['text']);
  }
  const call = part['functionCall'] ?? part['function_call'];
  if (isObject(call)) return toolCall(textAt(call, 'id'), textAt(call, 'name'), call['args']);
  const answer = part['functionResponse'] ?? part['function_response'];
  if (isObject(answer)) {
    return toolResult(textAt(answer, 'id') ?? textAt(answer, 'name'), answer['response'], false);
  }
  const inline = part['inlineData'] ?? part['inline_data'];
  if (isObject(inline)) return { kind: 'media', what: mediaName('data', inline) };
  return null;
}

function textPart(kind: 'text' | 'thinking', text: unknown): MessagePart | null {
  return typeof text === 'string' ? { kind, text } : null;
}

function toolCall(id: string | null, name: string | null, input: unknown): MessagePart {
  return { kind: 'tool_call', id, name: name ?? 'unnamed tool', input: readJsonText(input) };
}

function toolResult(id: string | null, content: unknown, failed: boolean): MessagePart {
  return { kind: 'tool_result', id, content: plainText(content) ?? content ?? null, failed };
}

/** The text of a content that is only text, however it is wrapped. */
export function plainText(content: unknown): string | null {
  if (typeof content === 'string') return content;
  const parts = Array.isArray(content) ? parseParts(content) : [];
  const texts = parts.flatMap((part) => (part.kind === 'text' ? [part.text] : []));
  return texts.length > 0 && texts.length === parts.length ? texts.join('\n') : null;
}

function reasoningText(part: JsonObject): string {
  const summary = plainText(part['summary']) ?? summaryText(part['summary']);
  return plainText(part['content']) ?? summary ?? '(not shown by the provider)';
}

function summaryText(summary: unknown): string | null {
  if (!Array.isArray(summary)) return null;
  const texts = summary.filter(isObject).flatMap((one) => textAt(one, 'text') ?? []);
  return texts.length === 0 ? null : texts.join('\n');
}

function mediaName(kind: string, part: JsonObject): string {
  const source = [part['source'], part['image_url'], part['file'], part].filter(isObject);
  for (const one of source) {
    const type =
      textAt(one, 'media_type') ??
      textAt(one, 'mimeType') ??
      textAt(one, 'mime_type') ??
      textAt(one, 'filename');
    if (type !== null) return `${kind}, ${type}`;
  }
  const url = source.map((one) => textAt(one, 'url')).find((one) => one !== null);
  if (url === undefined || url === null) return kind;
  return url.startsWith('data:') ? `${kind}, ${url.slice(5).split(/[;,]/)[0]}` : `${kind}, ${url}`;
}
