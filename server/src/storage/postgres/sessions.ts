import { createHash } from 'node:crypto';
import { isIncomplete } from '@niitaka/core/session/session.ts';
import type { SessionExtras, SessionTx } from '../session-tx.ts';
import {
  changingColumns,
  changingValues,
  sessionColumns,
  sessionFromRow,
  startedValues,
  type SessionSql,
} from '../sqlite/session-row.ts';
import { uuidBlob, uuidText } from '../sqlite/uuid-blob.ts';
import { goalLexemes } from './goal-lexemes.ts';
import { keyOf, nameOf, orgOf, ownedSession, type OwnedSession } from './owned-session.ts';
import { columnsOf, unnest, type Column } from './unnest.ts';
import type { Work } from './work.ts';

type Part = Pick<
  SessionTx,
  | 'loadSessions'
  | 'insertSession'
  | 'saveSessions'
  | 'deletedAmong'
  | 'overdueSessionIds'
  | 'addGraceToRunning'
>;

/** A session that was started in this transaction. */
export interface StartedSession {
  readonly stored: OwnedSession;
  readonly extras: SessionExtras;
}

/** Sessions that wait to be written, by {@link nameOf}. */
export interface WaitingSessions {
  readonly started: Map<string, StartedSession>;
  readonly changed: Map<string, OwnedSession>;
}

/** Sessions themselves: load under lock, insert, save. */
export function sessionWrites(work: Work, waiting: WaitingSessions): Part {
  work.onFlush(() => insertStarted(work, waiting.started));
  work.onFlush(() => insertTags(work, waiting.started));
  work.onFlush(() => saveChanged(work, waiting));
  return {
    async loadSessions(orgId, ids) {
      if (ids.length === 0) return new Map();
      if (waiting.started.size + waiting.changed.size > 0) await work.flushOwn();
      const rows = await lockedRows(work, orgId, ids);
      const stored = rows.map((row) => ownedSession(orgId, sessionFromRow(row).session));
      return new Map(stored.map((one) => [one.session.id, one]));
    },
    async insertSession(orgId, session, extras) {
      const stored = ownedSession(orgId, session);
      waiting.started.set(nameOf(stored), { stored, extras });
      return stored;
    },
    async saveSessions(sessions) {
      for (const stored of sessions) {
        // One that waits to be inserted is written as it then is.
        if (!waiting.started.has(nameOf(stored))) {
          waiting.changed.set(nameOf(stored), stored as OwnedSession);
        }
      }
    },
    async deletedAmong(orgId, ids) {
      if (ids.length === 0) return new Set();
      const byHash = new Map(ids.map((id) => [hashOf(id).toString('hex'), id]));
      const hashes = unnest(
        [{ name: 'hash', type: 'bytea' }],
        ids.map((id) => [hashOf(id)]),
        2,
      );
      const rows = await work.rows<{ id_hash: Buffer }>(
        `SELECT id_hash FROM deleted_sessions WHERE org_id = $1 AND id_hash IN (SELECT hash FROM ${hashes.from})`,
        [uuidBlob(orgId), ...hashes.values],
      );
      return new Set(rows.map((row) => byHash.get(row.id_hash.toString('hex')) ?? ''));
    },
    async overdueSessionIds(nowMs, staleAfterMs, limit) {
      await work.flushOwn();
      const rows = await work.rows<{ org_id: Buffer; id: Buffer }>(
        `SELECT org_id, id FROM sessions
         WHERE status = 'running' AND last_seen_at + grace_ms < $1 LIMIT $2`,
        [nowMs - staleAfterMs, limit],
      );
      return rows.map((row) => ({ orgId: uuidText(row.org_id), id: uuidText(row.id) }));
    },
    async addGraceToRunning(graceMs) {
      await work.flushOwn();
      await work.run(
        `UPDATE sessions SET grace_ms = grace_ms + $1 WHERE (org_id, id) IN (
           SELECT org_id, id FROM sessions WHERE status = 'running' ORDER BY org_id, id
           ${work.isCitus ? '' : 'FOR UPDATE'})`,
        [graceMs],
      );
    },
  };
}

/** What is kept of a deleted session's id. */
export function hashOf(id: string): Buffer {
  return createHash('sha256').update(id).digest();
}

/** Rows in the order of their ids, which is the order their locks are taken in. */
async function lockedRows(
  work: Work,
  orgId: string,
  ids: readonly string[],
): Promise<SessionSql[]> {
  const sorted = [...new Set(ids)].toSorted();
  const select = `SELECT ${sessionColumns} FROM sessions AS s WHERE s.org_id = $1`;
  if (!work.isCitus) {
    const wanted = unnest(
      [{ name: 'id', type: 'uuid' }],
      sorted.map((id) => [uuidBlob(id)]),
      2,
    );
    return work.rows<SessionSql>(`${select} AND s.id = ANY($2::uuid[]) ORDER BY s.id FOR UPDATE`, [
      uuidBlob(orgId),
      ...wanted.values,
    ]);
  }
  const rows: SessionSql[] = [];
  for (const id of sorted) {
    const values = [uuidBlob(orgId), uuidBlob(id)];
    rows.push(...(await work.rows<SessionSql>(`${select} AND s.id = $2 FOR UPDATE`, values)));
  }
  return rows;
}

const identityColumns: readonly Column[] = [
  ...columnsOf('uuid', ['org_id', 'id']),
  ...columnsOf('text', ['agent_id', 'environment', 'goal', 'goal_words']),
  ...columnsOf('bigint', ['started_at', 'started_at_sent', 'arrived_at', 'clock_offset_ms']),
  ...columnsOf('text', [
    'experiment_id',
    'variant',
    'agent_version',
    'user_id',
    'conversation_id',
    'policy_source',
    'policy_hash',
    'tags',
    'truncated',
    'metadata',
  ]),
];

const textColumns = new Set([
  'status',
  'parent_refused',
  'closed_by',
  'dropped_by',
  'metrics',
  'metric_times',
]);

const uuidColumns = new Set(['parent_session_id', 'root_session_id', 'end_sender']);

const stateColumns: readonly Column[] = changingColumns.map((name) => {
  if (textColumns.has(name)) return { name, type: 'text' };
  if (uuidColumns.has(name)) return { name, type: 'uuid' };
  return { name, type: name === 'score' ? 'double precision' : 'bigint' };
});

const insertColumns = [...identityColumns, ...stateColumns];
const insertNames = insertColumns.map(({ name }) => name).join(', ');

function insertStarted(
  work: Work,
  started: ReadonlyMap<string, StartedSession>,
): Promise<unknown> | null {
  if (started.size === 0) return null;
  const columns = [...insertColumns, { name: 'lexemes', type: 'text' } as const];
  const rows = [...started.values()].map(insertValues);
  const { from, values } = unnest(columns, rows);
  return work.run(
    `INSERT INTO sessions (${insertNames}, goal_index)
     SELECT ${insertNames}, array_to_tsvector(string_to_array(lexemes, ' ')) FROM ${from}`,
    values,
  );
}

function insertValues({ stored, extras }: StartedSession): unknown[] {
  const { session } = stored;
  return [...keyOf(stored), ...startedValues(session, extras), goalLexemes(extras.goalWords)];
}

const tagColumns: readonly Column[] = [
  ...columnsOf('uuid', ['org_id']),
  ...columnsOf('text', ['key', 'value']),
  ...columnsOf('bigint', ['started_at']),
  ...columnsOf('uuid', ['session_id']),
];

/** Also takes what was started off the list: it is written after the sessions themselves. */
function insertTags(work: Work, started: Map<string, StartedSession>): Promise<unknown> | null {
  const rows = [...started.values()].flatMap(({ stored, extras }) =>
    Object.entries(extras.tags).map(([key, value]) => [
      uuidBlob(orgOf(stored)),
      key,
      value,
      stored.session.startedAtMs,
      uuidBlob(stored.session.id),
    ]),
  );
  started.clear();
  if (rows.length === 0) return null;
  const { from, values } = unnest(tagColumns, rows);
  return work.run(
    `INSERT INTO session_tags (org_id, key, value, started_at, session_id) SELECT * FROM ${from}
     ON CONFLICT DO NOTHING`,
    values,
  );
}

const saveSets = changingColumns.map((name) => `${name} = v.${name}`).join(', ');

/** Each organisation's by a statement of its own, which names it. */
function saveChanged(work: Work, { changed }: WaitingSessions): Promise<unknown> | null {
  if (changed.size === 0) return null;
  const byOrganisation = Map.groupBy(changed.values(), orgOf);
  changed.clear();
  const columns = [{ name: 'id', type: 'uuid' } as const, ...stateColumns];
  const saved = [...byOrganisation].map(([orgId, sessions]) => {
    const rows = sessions
      .toSorted((a, b) => (a.session.id < b.session.id ? -1 : 1))
      .map(({ session }) => [
        uuidBlob(session.id),
        ...changingValues(session, isIncomplete(session)),
      ]);
    const { from, values } = unnest(columns, rows, 2);
    return work.run(
      `UPDATE sessions AS s SET ${saveSets} FROM ${from} WHERE s.org_id = $1 AND s.id = v.id`,
      [uuidBlob(orgId), ...values],
    );
  });
  return Promise.all(saved);
}
