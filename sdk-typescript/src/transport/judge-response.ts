import type { IngestAnswer } from '@niitaka/protocol/ingest.ts';
import type { PushResponse } from './push.ts';

/** What an answer means for the batch. */
export type Verdict =
  /** The server has decided on every record. */
  | { readonly kind: 'answered'; readonly answer: IngestAnswer }
  /** The batch as a whole was refused; a part of it may pass. */
  | { readonly kind: 'refused'; readonly status: number }
  /** Not now: the same again later, not before `afterMs`. */
  | { readonly kind: 'again'; readonly afterMs: number; readonly reason: string }
  /** Nothing will pass until somebody mends the key or the address. */
  | { readonly kind: 'paused'; readonly status: number; readonly reason: string };

/** The longest wait that a server may ask for. */
const retryAfterLimitMs = 300_000;

/** Reads one answer to a batch of `count` records; `nowMs` dates a `Retry-After` given as a date. */
export function judgeResponse(response: PushResponse, count: number, nowMs: number): Verdict {
  const { status, text } = response;
  if (status === 200) return judgeAnswer(text, count);
  if (status === 400 || status === 413 || status === 422) return { kind: 'refused', status };
  if (status === 408 || status === 425 || status === 429 || status >= 500) {
    const afterMs = waitFor(response.retryAfter, nowMs);
    return { kind: 'again', afterMs, reason: `the server answered ${status}` };
  }
  return { kind: 'paused', status, reason: `the server answered ${status}` };
}

function judgeAnswer(text: string, count: number): Verdict {
  const answer = parseAnswer(text);
  if (answer === null) {
    return { kind: 'paused', status: 200, reason: 'the answer is not one of a Niitaka server' };
  }
  const decided = answer.accepted + answer.duplicates + answer.rejected.length;
  if (decided === count) return { kind: 'answered', answer };
  const reason = `the server decided on ${decided} of ${count} records`;
  return { kind: 'again', afterMs: 0, reason };
}

function parseAnswer(text: string): IngestAnswer | null {
  try {
    const answer: unknown = JSON.parse(text);
    return isAnswer(answer) ? answer : null;
  } catch {
    return null;
  }
}

function isAnswer(value: unknown): value is IngestAnswer {
  if (typeof value !== 'object' || value === null) return false;
  const { accepted, duplicates, rejected, sessions } = value as Partial<IngestAnswer>;
  const areCounts = typeof accepted === 'number' && typeof duplicates === 'number';
  return areCounts && Array.isArray(rejected) && Array.isArray(sessions);
}

/** Milliseconds that a `Retry-After` header asks for: seconds or an HTTP date; 0 when it says nothing. */
export function waitFor(retryAfter: string | null, nowMs: number): number {
  if (retryAfter === null) return 0;
  const seconds = Number(retryAfter);
  const waitMs = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(retryAfter) - nowMs;
  return Number.isFinite(waitMs) ? Math.min(Math.max(waitMs, 0), retryAfterLimitMs) : 0;
}
