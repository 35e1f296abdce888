import { parseDecimal } from '@niitaka/core/money/decimal.ts';
import { z } from 'zod';

/** An id on the wire: a UUID as text, lower-cased by the server. */
export const Uuid = z
  .string()
  .regex(/^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$/)
  .meta({ description: 'UUID as text; any version' });

/** A moment on the wire: RFC 3339 with an offset; answers are UTC with milliseconds. */
export const Timestamp = z
  .string()
  .max(40)
  .regex(/^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})$/)
  .meta({ description: 'RFC 3339 date and time with an offset' });

/** Money on the wire: decimal USD with up to 9 places. */
export const Usd = z.number().meta({ description: 'US dollars, up to 9 decimal places' });

/** Money where exactness matters: whole nano-USD as decimal text. */
export const NanoUsd = z
  .string()
  .regex(/^-?\d+$/)
  .meta({ description: 'whole nano-USD (1e-9 USD) as text' });

/** A count: a whole number >= 0. */
export const Count = z.int().min(0);

/** Counts by reason, such as lost records by why they were lost. */
export const CountByReason = z.record(z.string().max(64), Count);

/** Where a session stands: never anything else (S2). */
export const SessionStatus = z.enum(['running', 'done', 'stale']);

/** What kind of thing happened (E1). */
export const EventType = z.enum(['llm', 'tool', 'decision', 'error', 'log']);

/** How loud an event or signal is. */
export const Level = z.enum(['debug', 'info', 'warning', 'error']);

/** The cut made to one text field: where, and its size before (E7). */
export const Truncation = z.object({ path: z.string(), bytes: Count });

/** A metric's value (S7). */
export const MetricValue = z.union([z.number(), z.boolean()]);

/** Free key-value labels of a session. */
export const Tags = z.record(z.string(), z.string());

/** JSON of any shape. */
export const Json = z.unknown();

/**
 * Text of at most so many characters, counted in code points. Half of a surrogate pair is no character: no UTF-8 holds
 * it, and a provider or a database that is sent one fails.
 */
export function wholeText(text: z.ZodString, most: number) {
  return text
    .refine((value) => !/\p{Cs}/u.test(value), { message: 'must hold no halves of characters' })
    .refine((value) => value.length <= most || [...value].length <= most, {
      message: `must be at most ${most} characters`,
    })
    .meta({ maxLength: most });
}

/**
 * USD to the nano-dollar, as a JSON number, which counts as its shortest decimal text. What is finer would be kept as
 * less than was asked for, down to a limit of nothing (S6).
 */
export function wholeNanoUsd(usd: z.ZodNumber) {
  return usd.refine((value) => (parseDecimal(value)?.scale ?? 0) <= 9, {
    message: 'must be USD with up to 9 places',
  });
}

/** A number written in a URL: blank text is none, where JavaScript would read it as 0. */
export function fromText<T extends z.ZodType<number, unknown>>(number: T) {
  return z.preprocess((text) => (isBlank(text) ? Number.NaN : text), number);
}

/** A revision that was read, written in a URL. */
export const RevisionText = fromText(z.coerce.number().int().min(0));

function isBlank(text: unknown): boolean {
  return typeof text === 'string' && text.trim() === '';
}
