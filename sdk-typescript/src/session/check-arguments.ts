import type { SessionOptions } from './session-options.ts';

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const agentIdLimit = 128;
const eventTypes: readonly string[] = ['llm', 'tool', 'decision', 'error', 'log'];

/** Throws a `TypeError` that says what is wrong with the arguments of a start, and what is wanted. */
export function checkSessionOptions(options: SessionOptions): void {
  const { agentId, sessionId, parentSessionId } = options;
  if (agentId !== undefined) checkAgentId(agentId);
  if (sessionId !== undefined) checkUuid(sessionId, 'sessionId');
  if (parentSessionId !== undefined && parentSessionId !== null) {
    checkUuid(parentSessionId, 'parentSessionId');
  }
}

/** Throws a `TypeError` unless `value` is a UUID as text. */
export function checkUuid(value: string, name: string): void {
  if (typeof value === 'string' && uuid.test(value)) return;
  throw new TypeError(`${name} must be a UUID, got ${show(value)}`);
}

/** A moment in milliseconds since the epoch; throws a `TypeError` for what is none. */
export function readTime(value: Date | number, name: string): number {
  const ms = value instanceof Date ? value.getTime() : value;
  // The wire's years are 0 to 9999.
  if (typeof ms === 'number' && ms >= -62_167_219_200_000 && ms <= 253_402_300_799_999) return ms;
  throw new TypeError(`${name} must be a Date or milliseconds since the epoch, got ${show(value)}`);
}

/** A value in an error message, at most 60 characters of it. */
export function show(value: unknown): string {
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

function checkAgentId(agentId: string): void {
  const isText = typeof agentId === 'string';
  const length = isText ? Array.from(agentId.slice(0, 2 * agentIdLimit + 1)).length : 0;
  if (!isText || length < 1 || length > agentIdLimit) {
    throw new TypeError(`agentId must be 1 to ${agentIdLimit} characters, got ${show(agentId)}`);
  }
  // oxlint-disable-next-line no-control-regex
  if (/[\u0000-\u001f\u007f-\u009f]/.test(agentId) || agentId === '.' || agentId === '..') {
    throw new TypeError(
      `agentId must hold no control characters and not be "." or "..", got ${show(agentId)}`,
    );
  }
}

/** Throws a `TypeError` unless `type` is one of the kinds of events. */
export function checkEventType(type: string): void {
  if (eventTypes.includes(type)) return;
  throw new TypeError(`event type must be one of ${eventTypes.join(', ')}, got ${show(type)}`);
}
