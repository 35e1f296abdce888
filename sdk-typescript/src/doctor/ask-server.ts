import { setTimeout as sleep } from 'node:timers/promises';
import { judgeResponse } from '../transport/judge-response.ts';
import { narrow, type ClockBounds } from './clock-bounds.ts';

const timeoutMs = 5000;
/** Answers over which the clocks are compared: spread over a second, they tell its parts. */
const sampleCount = 6;
const samplePauseMs = 170;

/** How some empty batches fared. */
export interface ServerAnswer {
  /** Null when the server took the first; else what went wrong, and what to do. */
  readonly trouble: string | null;
  /** Milliseconds of the first round trip. */
  readonly tookMs: number;
  /** Null when no answer was dated. */
  readonly clock: ClockBounds | null;
}

/** Sends empty batches: address, key and scope are right when the server takes them. */
export async function askServer(apiUrl: string, apiKey: string): Promise<ServerAnswer> {
  const startedMs = performance.now();
  try {
    const first = await post(apiUrl, apiKey, null);
    const tookMs = performance.now() - startedMs;
    const response = { status: first.status, retryAfter: null, text: first.text };
    const isTaken = judgeResponse(response, 0, Date.now()).kind === 'answered';
    const trouble = isTaken ? null : advice(first.status);
    return { trouble, tookMs, clock: await compareClocks(apiUrl, apiKey, first.clock) };
  } catch (error) {
    const trouble = `no connection: ${reasonOf(error)}. Is the server running there?`;
    return { trouble, tookMs: performance.now() - startedMs, clock: null };
  }
}

interface Reply {
  readonly status: number;
  readonly text: string;
  readonly clock: ClockBounds | null;
}

async function post(apiUrl: string, apiKey: string, known: ClockBounds | null): Promise<Reply> {
  const sentMs = Date.now();
  const response = await fetch(`${apiUrl}/api/v1/ingest`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': apiKey },
    body: JSON.stringify({ records: [] }),
    redirect: 'manual',
    signal: AbortSignal.timeout(timeoutMs),
  });
  const clock = narrow(known, response.headers.get('date'), sentMs, Date.now());
  return { status: response.status, text: await response.text(), clock };
}

async function compareClocks(
  apiUrl: string,
  apiKey: string,
  first: ClockBounds | null,
): Promise<ClockBounds | null> {
  let clock = first;
  try {
    for (let sample = 1; clock !== null && sample < sampleCount; sample += 1) {
      await sleep(samplePauseMs);
      clock = (await post(apiUrl, apiKey, clock)).clock;
    }
  } catch {
    // What is known so far holds, within wider bounds.
  }
  return clock;
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message || cause.name : String(cause);
}

function advice(status: number): string {
  if (status === 401) return 'the server does not know this key (401). Was it revoked?';
  if (status === 403) return 'this key may not ingest (403). Make one with the scope "ingest".';
  if (status === 200) return 'something answers there, but it is not a Niitaka server.';
  return `the server answered ${status}.`;
}
