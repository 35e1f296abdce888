import { isIncomplete, type Session } from '@niitaka/core/session/session.ts';
import type { StoredSession } from '../session-tx.ts';
import type { Connection } from './connection.ts';
import { changingColumns, changingValues } from './session-row.ts';

/** Saves sessions; one whose place and state are as they were loaded moves fewer indexes. */
export interface SessionSaver {
  /** Notes how a session was as it was loaded or inserted; answers it. */
  loaded(stored: StoredSession): StoredSession;
  save(stored: StoredSession): void;
}

/** Columns that stand in an index and seldom change: SQLite rewrites every index with a column that is set. */
const placeColumns = [
  'status',
  'parent_session_id',
  'root_session_id',
  'depth',
  'parent_refused',
  'error_count',
] as const;

type Place = Pick<
  Session,
  'status' | 'parentSessionId' | 'rootSessionId' | 'depth' | 'parentRefused' | 'errorCount'
>;

/** Prepares both ways of saving. */
export function sessionSaver(db: Connection): SessionSaver {
  const places = new WeakMap<StoredSession, Place>();
  const others = changingColumns.filter((name) => !isPlace(name));
  const saveAll = db.prepare(updateSql(changingColumns));
  const saveOthers = db.prepare(updateSql(others));
  return {
    loaded(stored) {
      places.set(stored, placeOf(stored.session));
      return stored;
    },
    save(stored) {
      const { key, session } = stored;
      const values = changingValues(session, isIncomplete(session));
      const before = places.get(stored);
      if (before !== undefined && isSamePlace(before, session)) {
        saveOthers.run(...otherIndexes.map((index) => values[index]), key);
        return;
      }
      saveAll.run(...values, key);
      places.set(stored, placeOf(session));
    },
  };
}

const otherIndexes = changingColumns.flatMap((name, index) => (isPlace(name) ? [] : [index]));

function isPlace(name: string): boolean {
  return (placeColumns as readonly string[]).includes(name);
}

function updateSql(columns: readonly string[]): string {
  const sets = columns.map((name) => `${name} = ?`).join(', ');
  return `UPDATE sessions SET ${sets} WHERE session_key = ?`;
}

function placeOf(session: Session): Place {
  const { status, parentSessionId, rootSessionId, depth, parentRefused, errorCount } = session;
  return { status, parentSessionId, rootSessionId, depth, parentRefused, errorCount };
}

function isSamePlace(before: Place, session: Session): boolean {
  return (
    before.status === session.status &&
    before.rootSessionId === session.rootSessionId &&
    before.errorCount === session.errorCount &&
    before.parentSessionId === session.parentSessionId &&
    before.depth === session.depth &&
    before.parentRefused === session.parentRefused
  );
}
