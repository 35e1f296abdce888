import type { Session } from '@niitaka/core/session/session.ts';
import { uuidBlob } from '../sqlite/uuid-blob.ts';
import type { StoredSession } from '../session-tx.ts';

/** A session as this engine hands it out: it knows whose it is. */
export interface OwnedSession extends StoredSession {
  readonly orgId: string;
}

/** A session of an organisation; its key means nothing here, rows are found by organisation and id. */
export function ownedSession(orgId: string, session: Session): OwnedSession {
  return { key: 0, session, orgId };
}

/** The organisation and id that the rows of a session are found by. */
export function keyOf(stored: StoredSession): readonly [Buffer, Buffer] {
  return [uuidBlob(orgOf(stored)), uuidBlob(stored.session.id)];
}

/** Whose a session is. */
export function orgOf(stored: StoredSession): string {
  return (stored as OwnedSession).orgId;
}

/** One session among those of all organisations. */
export function nameOf(stored: StoredSession): string {
  return `${orgOf(stored)}/${stored.session.id}`;
}
