import type { EventOptions, SessionOptions } from './session-options.ts';

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const agentIdLimit = 128;
const shownLimit = 60;
const eventTypes: readonly string[] = ['llm', 'tool', 'decision', 'error', 'log'];
const levels: readonly string[] = ['debug', 'info', 'warning', 'error'];
const texts = [
  'goal',
  'agentId',
  'experimentId',
  'variant',
  'environment',
  'agentVersion',
  'userId',
  'conversationId',
] as const;

/** Throws a `TypeError` that says what is wrong with the arguments of a start, and what is wanted. */
export function checkSessionOptions(options: SessionOptions): void {
  if (!isObject(options)) throw refused('options', 'an object', options);
  for (const name of texts) checkText(options[name], name);
  const { agentId, sessionId, parentSessionId, tags, metadata } = options;
  if (agentId !== undefined && agentId !== null) checkAgentId(agentId);
  if (sessionId !== undefined && sessionId !== null) checkUuid(sessionId, 'sessionId');
  if (parentSessionId !== undefined && parentSessionId !== null) {
    checkUuid(parentSessionId, 'parentSessionId');
  }
  checkTags(tags);
  if (metadata && !isObject(metadata)) throw refused('metadata', 'an object', metadata);
}

/** Throws a `TypeError` that says what is wrong with the arguments of an event, times aside. */
export function checkEventOptions(type: string, { name, level, parent }: EventOptions): void {
  if (!eventTypes.includes(type)) {
    throw refused('type', `one of ${eventTypes.join(', ')}`, type);
  }
  checkText(name, 'name');
  if (level !== undefined && level !== null && !levels.includes(level)) {
    throw refused('level', `one of ${levels.join(', ')}`, level);
  }
  if (parent !== undefined && parent !== null) checkUuid(parent, 'parent');
}

/** Throws a `TypeError` unless `value` is a UUID as text. */
export function checkUuid(value: string, name: string): void {
  if (typeof value !== 'string' || !uuid.test(value)) throw refused(name, 'a UUID', value);
}

/** Throws a `TypeError` unless `value` is text or was left out. */
export function checkText(value: unknown, name: string): void {
  if (value !== undefined && value !== null && typeof value !== 'string') {
    throw refused(name, 'text', value);
  }
}

/** Throws a `TypeError` unless `value` is a number of seconds from 0. */
export function checkSeconds(value: number): void {
  if (typeof value === 'number' && value >= 0) return;
  throw refused('seconds', 'a number of seconds from 0', value);
}

/** A moment in milliseconds since the epoch; throws a `TypeError` for what is none. */
export function readTime(value: Date | number, name: string): number {
  const ms = value instanceof Date ? value.getTime() : value;
  // The wire's years are 0 to 9999.
  if (typeof ms === 'number' && ms >= -62_167_219_200_000 && ms <= 253_402_300_799_999) return ms;
  throw refused(name, 'a Date or milliseconds since 1970', value);
}

/** The error that says which argument was refused, what was wanted, and what was found. */
export function refused(name: string, wanted: string, found: unknown): TypeError {
  return new TypeError(`${name} must be ${wanted}: got ${show(found)}`);
}

/** A value in an error message: texts, numbers and words as they are, anything else by its kind. */
export function show(value: unknown): string {
  try {
    return describe(value);
  } catch {
    return 'what cannot be read'; // a proxy of the host's that fails
  }
}

function describe(value: unknown): string {
  if (typeof value === 'string') return cut(JSON.stringify(value));
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'object' && value !== null) return kindOf(value);
  return cut(String(value));
}

/** True for what has keys: no list, no text, not null. */
export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !isList(value);
}

/** The members of an object that is the host's; none where it cannot be read. */
export function entriesOf(value: object): [string, unknown][] {
  try {
    return Object.entries(value);
  } catch {
    return [];
  }
}

function isList(value: object): boolean {
  try {
    return Array.isArray(value);
  } catch {
    return false; // a revoked proxy
  }
}

function kindOf(value: object): string {
  const name: unknown = Object.getPrototypeOf(value)?.constructor?.name;
  return typeof name === 'string' && name !== 'Object' ? `a ${cut(name)}` : 'an object';
}

function cut(text: string): string {
  const characters = Array.from(text.slice(0, 2 * shownLimit + 1));
  return characters.length > shownLimit
    ? `${characters.slice(0, shownLimit - 3).join('')}...`
    : text;
}

function checkAgentId(agentId: string): void {
  const { length } = Array.from(agentId.slice(0, 2 * agentIdLimit + 1));
  if (length < 1 || length > agentIdLimit) {
    throw refused('agentId', `1 to ${agentIdLimit} characters`, agentId);
  }
  // oxlint-disable-next-line no-control-regex
  if (!/[\u0000-\u001f\u007f-\u009f]/.test(agentId) && agentId !== '.' && agentId !== '..') return;
  throw new TypeError(
    `agentId must hold no control characters and not be "." or "..": got ${show(agentId)}`,
  );
}

function checkTags(tags: unknown): void {
  if (tags === undefined || tags === null) return;
  if (!isObject(tags)) throw refused('tags', 'an object', tags);
  for (const [, value] of entriesOf(tags)) {
    if (['string', 'number', 'boolean', 'undefined'].includes(typeof value)) continue;
    throw new TypeError(`tags must hold text, numbers, true or false: got ${show(value)}`);
  }
}
