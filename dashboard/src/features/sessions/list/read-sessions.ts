import type { SessionDetail, SessionPage } from '@niitaka/protocol/session.ts';
import { apiGet, type Query } from '../../../lib/api/api-fetch.ts';

/** Sessions read at once: fills several screens, arrives in one round trip. */
const pageSize = 200;
const childPageSize = 100;

/** One page of roots that match, in the order asked for. */
export function readRoots(
  query: Query,
  cursor: string | null,
  signal: AbortSignal,
): Promise<SessionPage> {
  const page = { ...query, root_only: true, limit: pageSize, cursor: cursor ?? undefined };
  return apiGet<SessionPage>('/sessions', page, signal);
}

/** One session as the only root of the list. */
export async function readOneRoot(id: string, signal: AbortSignal): Promise<SessionPage> {
  const row = await apiGet<SessionDetail>(`/sessions/${id}`, {}, signal);
  return { items: [row], next_cursor: null, total_estimate: 1 };
}

/** One page of the children of a session, newest first. */
export function readChildren(
  id: string,
  cursor: string | null,
  signal: AbortSignal,
): Promise<SessionPage> {
  const query = { limit: childPageSize, cursor: cursor ?? undefined };
  return apiGet<SessionPage>(`/sessions/${id}/children`, query, signal);
}
