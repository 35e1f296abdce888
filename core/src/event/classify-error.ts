import table from './error-kinds.json' with { type: 'json' };

/** What kind of trouble an `error` event tells of: one word of rule E2. */
export type ErrorKind =
  | 'rate_limit'
  | 'timeout'
  | 'connection'
  | 'server_error'
  | 'overloaded'
  | 'invalid_request'
  | 'context_length'
  | 'authentication'
  | 'permission'
  | 'not_found'
  | 'content_filter'
  | 'cancelled'
  | 'exception';

/** What is known of a failure, in any language; everything may be absent. */
export interface ErrorFacts {
  /** Class names from the most derived to the base, as the language spells them. */
  readonly classNames?: readonly string[];
  /** HTTP status of the provider's answer. */
  readonly status?: number | null;
  /** Machine-readable codes: the provider's `code` and `type`, the system's `ECONNRESET`, gRPC's `UNAVAILABLE`. */
  readonly codes?: readonly string[];
  /** The message, read only to tell a prompt that is too long from other refused requests. */
  readonly message?: string | null;
}

/** Every error kind, in the order of rule E2. */
export const errorKinds: readonly ErrorKind[] = table.kinds as ErrorKind[];

/**
 * The kind of a failure by the table `error-kinds.json`: the first known code, else the exact status, else the
 * first known class name, else the status' family, else `exception`. A refused request whose message speaks of
 * the context's length is `context_length`. Total: every input has a kind.
 */
export function classifyError(facts: ErrorFacts): ErrorKind {
  const kind =
    firstIn(table.codes, facts.codes ?? []) ??
    byStatus(table.statuses, facts.status) ??
    firstIn(table.class_names, facts.classNames ?? []) ??
    byFamily(facts.status) ??
    'exception';
  return kind === 'invalid_request' && isTooLong(facts.message) ? 'context_length' : kind;
}

type Table = Readonly<Record<string, string>>;

function firstIn(entries: Table, names: readonly string[]): ErrorKind | undefined {
  const found = names.find((name) => Object.hasOwn(entries, name));
  return found === undefined ? undefined : (entries[found] as ErrorKind);
}

function byStatus(entries: Table, status: number | null | undefined): ErrorKind | undefined {
  return status === null || status === undefined ? undefined : firstIn(entries, [String(status)]);
}

function byFamily(status: number | null | undefined): ErrorKind | undefined {
  return byStatus(table.status_families, status ? Math.floor(status / 100) : null);
}

function isTooLong(message: string | null | undefined): boolean {
  const lower = message?.toLowerCase() ?? '';
  return table.context_length_phrases.some((phrase) => lower.includes(phrase));
}
