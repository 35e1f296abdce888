/** Which session each tab wants to follow, oldest request first. */
export type FollowRequests = ReadonlyMap<string, string>;

/** The requests after one tab asked for a session, or for none any more. */
export function withRequest(
  requests: FollowRequests,
  tab: string,
  sessionId: string | null,
): FollowRequests {
  const next = new Map(requests);
  next.delete(tab);
  if (sessionId !== null) next.set(tab, sessionId);
  return next;
}

/** The one session the stream follows: that of the newest request. */
export function followedBy(requests: FollowRequests): string | null {
  return [...requests.values()].at(-1) ?? null;
}
