/** What the id of a live message says: all up to here was sent. */
export interface LiveId {
  readonly revision: number;
  /** The place in the followed session; null when none is followed. */
  readonly place: LivePlace | null;
  /** When it was sent, to the minute: deletions are kept for a day only. */
  readonly sentAtMs: number;
}

/** How far the events of a session were sent. */
export interface LivePlace {
  /** The end of the session's id: a place in one session says nothing of another. */
  readonly session: string;
  readonly position: number;
}

const minuteMs = 60_000;

/** The place in a followed session; null when none is followed. */
export function placeIn(
  followed: { readonly sessionId: string; readonly position: number } | null,
): LivePlace | null {
  return followed && { session: endOf(followed.sessionId), position: followed.position };
}

/** Whether the place is one in this session. */
export function isPlaceIn(place: LivePlace | null, sessionId: string): place is LivePlace {
  return place !== null && place.session === endOf(sessionId);
}

/** The id as clients keep it: opaque to them. */
export function formatLiveId(id: LiveId): string {
  const minute = Math.floor(id.sentAtMs / minuteMs).toString(36);
  const tail = id.place === null ? '' : `.${id.place.position}.${id.place.session}`;
  return `${id.revision}.${minute}${tail}`;
}

/** Reads an id; null for a text that is none. */
export function parseLiveId(text: string): LiveId | null {
  const match = /^(\d{1,15})\.([0-9a-z]{1,9})(?:\.(\d{1,15})\.([0-9a-f]{12}))?$/.exec(text);
  if (match === null) return null;
  const [, revision = '', minute = '', position, session] = match;
  return {
    revision: Number(revision),
    sentAtMs: Number.parseInt(minute, 36) * minuteMs,
    place:
      position === undefined || session === undefined
        ? null
        : { session, position: Number(position) },
  };
}

function endOf(sessionId: string): string {
  return sessionId.slice(-12);
}
