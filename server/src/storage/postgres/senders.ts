import type { SessionTx, StoredSender, StoredSession } from '../session-tx.ts';
import { senderColumnNames, senderFromRow, type SenderSql } from '../sqlite/sender-row.ts';
import { uuidBlob, uuidText } from '../sqlite/uuid-blob.ts';
import { keyOf, nameOf } from './owned-session.ts';
import { columnsOf, unnest, type Column } from './unnest.ts';
import type { Work } from './work.ts';

type Part = Pick<SessionTx, 'loadSenders' | 'saveSenders'>;

/** Senders of a session that are read with it; of one with more, each is looked up. */
const readAhead = 8;

/** Senders and their ledgers; those of loaded sessions are known from `readSenders` on. */
export function senderWrites(work: Work): Part & { readSenders: ReadSenders } {
  const known = new Map<string, KnownSenders>();
  const waiting = new Map<string, readonly [StoredSession, StoredSender]>();
  work.onFlush(() => saveWaiting(work, waiting));
  return {
    readSenders: async (orgId, ids) => {
      for (const [name, senders] of await readKnown(work, orgId, ids)) known.set(name, senders);
    },
    async loadSenders(stored, senders) {
      const own = known.get(nameOf(stored)) ?? { senders: new Map(), isWhole: false };
      const unknown = senders.filter((sender) => !own.isWhole && !own.senders.has(sender));
      for (const one of await lookUp(work, stored, unknown)) own.senders.set(one.sender, one);
      known.set(nameOf(stored), own);
      const found = senders.flatMap((sender) => own.senders.get(sender) ?? []);
      return new Map(found.map((one) => [one.sender, one]));
    },
    async saveSenders(stored, senders) {
      const own = known.get(nameOf(stored)) ?? { senders: new Map(), isWhole: false };
      for (const one of senders) {
        own.senders.set(one.sender, one);
        waiting.set(`${nameOf(stored)}/${one.sender}`, [stored, one]);
      }
      known.set(nameOf(stored), own);
    },
  };
}

/** Reads the senders of sessions ahead. */
export type ReadSenders = (orgId: string, sessionIds: readonly string[]) => Promise<void>;

interface KnownSenders {
  readonly senders: Map<string, StoredSender>;
  /** Whoever is not among them does not exist. */
  readonly isWhole: boolean;
}

interface RowSql extends SenderSql {
  readonly session_id: Buffer;
  readonly sender: Buffer;
}

async function readKnown(
  work: Work,
  orgId: string,
  ids: readonly string[],
): Promise<Map<string, KnownSenders>> {
  const wanted = unnest(
    [{ name: 'id', type: 'uuid' }],
    ids.map((id) => [uuidBlob(id)]),
    2,
  );
  const rows = await work.rows<RowSql>(
    `SELECT session_id, sender, ${columnNames} FROM (
       SELECT *, row_number() OVER (PARTITION BY session_id) AS place FROM senders
       WHERE org_id = $1 AND session_id = ANY($2::uuid[])) AS s WHERE place <= ${readAhead}`,
    [uuidBlob(orgId), ...wanted.values],
  );
  const bySession = Map.groupBy(rows, (row) => uuidText(row.session_id));
  return new Map(
    ids.map((id) => {
      const found = (bySession.get(id) ?? []).map(senderOf);
      const senders = new Map(found.map((one) => [one.sender, one]));
      return [`${orgId}/${id}`, { senders, isWhole: found.length < readAhead }];
    }),
  );
}

const columnNames = senderColumnNames.join(', ');

async function lookUp(
  work: Work,
  stored: StoredSession,
  senders: readonly string[],
): Promise<StoredSender[]> {
  if (senders.length === 0) return [];
  const wanted = unnest(
    [{ name: 'id', type: 'uuid' }],
    senders.map((id) => [uuidBlob(id)]),
    3,
  );
  const rows = await work.rows<RowSql>(
    `SELECT session_id, sender, ${columnNames} FROM senders
     WHERE org_id = $1 AND session_id = $2 AND sender = ANY($3::uuid[])`,
    [...keyOf(stored), ...wanted.values],
  );
  return rows.map(senderOf);
}

function senderOf(row: RowSql): StoredSender {
  return senderFromRow(uuidText(row.sender), row);
}

const columns: readonly Column[] = [
  ...columnsOf('uuid', ['org_id', 'session_id', 'sender']),
  ...columnsOf('bigint', senderColumnNames.slice(0, 3)),
  ...columnsOf('text', senderColumnNames.slice(3)),
];

const sets = senderColumnNames.map((name) => `${name} = excluded.${name}`).join(', ');

function saveWaiting(
  work: Work,
  waiting: Map<string, readonly [StoredSession, StoredSender]>,
): Promise<unknown> | null {
  if (waiting.size === 0) return null;
  const rows = [...waiting]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, [stored, { sender, clockOffsetMs, ledger }]]) => [
      ...keyOf(stored),
      uuidBlob(sender),
      clockOffsetMs,
      ledger.maxSeq,
      ledger.closedLastSeq,
      JSON.stringify(ledger.received),
      JSON.stringify(ledger.refused),
      JSON.stringify(ledger.droppedBy),
      JSON.stringify(ledger.omitted),
    ]);
  waiting.clear();
  const { from, values } = unnest(columns, rows);
  return work.run(
    `INSERT INTO senders (org_id, session_id, sender, ${columnNames}) SELECT * FROM ${from}
     ON CONFLICT (org_id, session_id, sender) DO UPDATE SET ${sets}`,
    values,
  );
}
