/** What the id of a live message says: all up to here was sent. */
export interface LiveId {
  readonly revision: number;
  /** The place in the followed session; null when none is followed. */
  readonly position: number | null;
  /** When it was sent, to the minute: deletions are kept for a day only. */
  readonly sentAtMs: number;
}

const minuteMs = 60_000;

/** The id as clients keep it: opaque to them. */
export function formatLiveId(id: LiveId): string {
  const minute = Math.floor(id.sentAtMs / minuteMs).toString(36);
  const tail = id.position === null ? '' : `.${id.position}`;
  return `${id.revision}.${minute}${tail}`;
}

/** Reads an id; null for a text that is none. */
export function parseLiveId(text: string): LiveId | null {
  const match = /^(\d{1,15})\.([0-9a-z]{1,9})(?:\.(\d{1,15}))?$/.exec(text);
  if (match === null) return null;
  const [, revision = '', minute = '', position] = match;
  return {
    revision: Number(revision),
    sentAtMs: Number.parseInt(minute, 36) * minuteMs,
    position: position === undefined ? null : Number(position),
  };
}
