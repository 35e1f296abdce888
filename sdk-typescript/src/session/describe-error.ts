import {
  classifyError,
  type ErrorFacts,
  type ErrorKind,
} from '@niitaka/core/event/classify-error.ts';

/** Causes that are read for a code: `fetch failed` hides its reason in one. */
const causeLimit = 5;
const ancestorLimit = 20;

/** What an error event says of a thrown value. */
export interface ErrorDescription {
  readonly kind: ErrorKind;
  readonly message: string;
  /** Class name. */
  readonly exceptionType: string | null;
  readonly stack: string | null;
}

/** Describes anything that can be thrown; never throws itself, whatever getters do. */
export function describeError(thrown: unknown): ErrorDescription {
  try {
    return thrown instanceof Error ? describe(thrown) : describeOther(thrown);
  } catch {
    return { kind: 'exception', message: '[unreadable]', exceptionType: null, stack: null };
  }
}

/** The `data` of an error event. */
export function errorData(thrown: unknown): Record<string, unknown> {
  const { kind, message, exceptionType, stack } = describeError(thrown);
  return {
    kind,
    message,
    ...(exceptionType === null ? {} : { exception_type: exceptionType }),
    ...(stack === null ? {} : { stack }),
  };
}

function describe(error: Error): ErrorDescription {
  const own = classifyError(factsOf(error));
  return {
    kind: own === 'exception' ? kindOfCause(error) : own,
    message: String(error.message),
    exceptionType: nameOf(error),
    stack: framesOf(error.stack),
  };
}

/** The stack without its first lines: they repeat the message, which the redactor sees by itself. */
function framesOf(stack: unknown): string | null {
  const at = typeof stack === 'string' ? stack.search(/^ +at /m) : -1;
  return at < 0 ? null : String(stack).slice(at);
}

function describeOther(thrown: unknown): ErrorDescription {
  const isObject = typeof thrown === 'object' && thrown !== null;
  const message = isObject && 'message' in thrown ? String(thrown.message) : String(thrown);
  const exceptionType = isObject ? nameOf(thrown) : typeof thrown;
  const kind = isObject ? classifyError({ ...factsOf(thrown), message }) : 'exception';
  return { kind, message, exceptionType, stack: null };
}

function kindOfCause(error: Error): ErrorKind {
  let cause: unknown = error.cause;
  for (let depth = 0; depth < causeLimit && cause instanceof Error; depth += 1) {
    const kind = classifyError(factsOf(cause));
    if (kind !== 'exception') return kind;
    cause = cause.cause;
  }
  return 'exception';
}

function factsOf(thrown: object): ErrorFacts {
  const fields = thrown as Readonly<Record<string, unknown>>;
  const nested = fields['error'];
  const inner = (typeof nested === 'object' && nested !== null ? nested : {}) as typeof fields;
  const codes = [fields['code'], fields['type'], inner['code'], inner['type'], fields['status']];
  const status = [fields['status'], fields['statusCode'], fields['code']].find(isStatus);
  return {
    classNames: classNames(thrown),
    codes: codes.filter((code) => typeof code === 'string'),
    status: status ?? null,
    message: typeof fields['message'] === 'string' ? fields['message'] : null,
  };
}

function isStatus(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 100 && value <= 599;
}

function nameOf(thrown: object): string | null {
  return classNames(thrown)[0] ?? null;
}

/** `name` first, for it is what libraries set; then the constructors up to the base. */
function classNames(thrown: object): string[] {
  const names: string[] = [];
  if ('name' in thrown && typeof thrown.name === 'string') names.push(thrown.name);
  let prototype: unknown = Object.getPrototypeOf(thrown);
  for (let up = 0; up < ancestorLimit && prototype instanceof Object; up += 1) {
    names.push(prototype.constructor.name);
    prototype = Object.getPrototypeOf(prototype);
  }
  // A class that does not set `name` inherits "Error": its own name says more.
  const own = names[1];
  if (names[0] === 'Error' && own !== undefined) names.shift();
  return names.filter((name) => name !== '' && name !== 'Object');
}
