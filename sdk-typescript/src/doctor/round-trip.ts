import { judgeResponse } from '../transport/judge-response.ts';
import { Push } from '../transport/push.ts';
import { Timeout } from '../transport/timeout.ts';

const timeoutMs = 5000;

/** How one empty batch fared. */
export interface RoundTrip {
  /** Null when the server took it; else what went wrong, and what to do. */
  readonly trouble: string | null;
  readonly tookMs: number;
}

/** Sends one empty batch: address, key and scope are right when the server takes it. */
export async function roundTrip(apiUrl: string, apiKey: string): Promise<RoundTrip> {
  const push = new Push(apiUrl, apiKey);
  // The connection of an SDK holds no process open; here the answer is waited for.
  const awake = setInterval(() => {}, timeoutMs);
  const startedMs = performance.now();
  const body = Buffer.from(JSON.stringify({ records: [] }));
  try {
    const response = await new Timeout(push, timeoutMs).send(body);
    const verdict = judgeResponse(response, 0, Date.now());
    const trouble = verdict.kind === 'answered' ? null : advice(response.status);
    return { trouble, tookMs: performance.now() - startedMs };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const trouble = `no connection: ${reason}. Is the server running there?`;
    return { trouble, tookMs: performance.now() - startedMs };
  } finally {
    clearInterval(awake);
    push.close();
  }
}

function advice(status: number): string {
  if (status === 401) return 'the server does not know this key (401). Was it revoked?';
  if (status === 403) return 'this key may not ingest (403). Make one with the scope "ingest".';
  if (status === 200) return 'something answers there, but it is not a Niitaka server.';
  return `the server answered ${status}.`;
}
