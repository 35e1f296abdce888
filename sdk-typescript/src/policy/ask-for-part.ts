import type { LeasedBudget } from '@niitaka/protocol/budget.ts';
import type { Client } from '../client/client.ts';
import { getQuietly, type QuietAnswer } from '../transport/get-quietly.ts';
import type { AskedPart, GrantedPart } from './tree-lease.ts';

/** One asking may take so long, ms: who waits for it waits a little longer. */
const answerWithinMs = 1_500;
/** The start of a session gets so long to arrive, seconds: without it the server knows of no tree. */
const flushSeconds = 1;
/** A lease is given up here so long before the server gives it up, ms: its clock is told in whole seconds. */
const spareMs = 2_000;
const longestMs = 60_000;

/** Asks the server for a part of the budget of a session's tree; null where it says none (P10). Never rejects. */
export async function askForPart(
  client: Client,
  sessionId: string,
  { spentNanoUsd, wantNanoUsd, bookedNanoUsd }: AskedPart,
): Promise<GrantedPart | null> {
  const { apiUrl, apiKey } = client.settings;
  const { outlet } = client;
  if (apiKey === null) return null;
  const url = new URL(`${apiUrl}/api/v1/budgets/lease`);
  const body = JSON.stringify({
    session_id: sessionId,
    sender: outlet.sender,
    spent_nano_usd: spentNanoUsd.toString(),
    want_nano_usd: wantNanoUsd.toString(),
    booked_nano_usd: bookedNanoUsd.toString(),
  });
  const headers = { 'x-api-key': apiKey, 'content-type': 'application/json' };
  const ask = () => getQuietly(url, headers, answerWithinMs, body);
  let answer = await ask();
  if (answer?.status === 404 && (await outlet.flush(flushSeconds))) answer = await ask();
  return answer?.status === 200 ? readPart(answer) : null;
}

function readPart({ text, date }: QuietAnswer): GrantedPart | null {
  try {
    const { root_session_id: root, ...leased } = JSON.parse(text) as LeasedBudget;
    const { granted_nano_usd: granted, expires_at, exhausted } = leased;
    // By the server's own clock: the one here may be off.
    const holdsMs = Date.parse(expires_at) - Date.parse(date ?? '') - spareMs;
    const isKnown = Number.isFinite(holdsMs);
    return {
      rootSessionId: typeof root === 'string' ? root : null,
      grantedNanoUsd: BigInt(granted),
      holdsMs: isKnown ? Math.min(Math.max(holdsMs, 0), longestMs) : 0,
      isExhausted: exhausted,
    };
  } catch {
    return null;
  }
}
