import type pg from 'pg';
import { checkLedger, deliveryColumns } from '../verify/check-ledger.ts';
import type { DeliverySql, SenderSql, SeqsSql } from '../verify/check-ledger.ts';
import {
  callColumns,
  checkCall,
  checkTexts,
  pricedCalls,
  pricesUsed,
  textColumns,
} from '../verify/check-rows.ts';
import type { CallSql, PriceSql, TextsSql } from '../verify/check-rows.ts';
import { checkSql, reportCheckRow, subjectOf, type CheckRow } from '../verify/check-sql.ts';
import type { Report } from '../verify/difference.ts';
import { tableChecks, type VerifyDialect } from '../verify/table-checks.ts';
import { openFindings, type Verification } from '../verify/verification.ts';
import { connectAtStart } from './connect.ts';
import { lexemesOf } from './goal-lexemes.ts';
import { refuseOther } from './migrate.ts';
import { streamRows } from './stream-rows.ts';
import { arrayText, bigintTypes, numberTypes } from './values.ts';

/** Verifies a database, beside running servers too. */
export async function verifyDatabase(url: string): Promise<Verification> {
  const client = await connectAtStart(url);
  try {
    await refuseOther(client, url);
    // One snapshot for everything: what running servers commit meanwhile is not seen.
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL jit = off');
    return await verify(client);
  } finally {
    await client.end();
  }
}

/** Recomputes all that the SQLite engine's one does, within the transaction that is open on the connection. */
export async function verify(client: pg.ClientBase): Promise<Verification> {
  const { report, sumUp } = openFindings();
  // Spread over the nodes of Citus, a tree's sessions meet only when they are sent around; elsewhere it means nothing.
  await client.query('SET LOCAL citus.enable_repartition_joins = on');
  for (const check of tableChecks(dialect)) {
    for await (const rows of streamRows<CheckRow>(client, checkSql(check), bigints)) {
      for (const row of rows) reportCheckRow(check, row, report);
    }
  }
  await checkSessions(client, report);
  await checkCalls(client, report);
  const { rows } = await client.query<{ sessions: string; events: string }>(
    'SELECT (SELECT count(*) FROM sessions) AS sessions, (SELECT count(*) FROM events) AS events',
  );
  return sumUp({ sessions: Number(rows[0]?.sessions), events: Number(rows[0]?.events) });
}

const bigints = bigintTypes as pg.CustomTypesConfig;
const numbers = numberTypes as pg.CustomTypesConfig;

/** Escapes that PostgreSQL cannot make characters of become what its text columns keep instead. */
const tags = String.raw`regexp_replace(s.tags, '(?<!\\)((?:\\\\)*)\\u(?:0000|[dD][89a-fA-F][0-9a-fA-F]{2})', E'\\1\uFFFD', 'g')`;

const dialect: VerifyDialect = {
  owner: ['org_id', 'session_id'],
  ofSession: 's.org_id, s.id AS session_id',
  // Asked for first, as a list, since Citus joins a row with those of its own session alone.
  otherSessions: '(SELECT org_id, id, depth, root_session_id FROM sessions OFFSET 0)',
  joins: (alias) => `s.org_id = ${alias}.org_id AND s.id = ${alias}.session_id`,
  tagPairs: `json_each_text(${tags}::json) AS t (key, value)`,
  indexed: `SELECT s.org_id, s.id AS session_id, CASE WHEN goal_index = ${lexemesOf('s.goal_words')} THEN 1 ELSE 0 END AS indexed
    FROM sessions AS s WHERE goal_index IS NOT NULL`,
};

interface Owned {
  readonly org_id: Uint8Array;
  readonly session_id: Uint8Array;
}

const nameOf = (row: Owned) => subjectOf([row.org_id, row.session_id]);

/** Delivery and texts, many sessions at a time. */
async function checkSessions(client: pg.ClientBase, report: Report): Promise<void> {
  const text = `SELECT s.org_id, s.id AS session_id, ${textColumns}, ${deliveryColumns} FROM sessions AS s`;
  const pages = streamRows<Owned & TextsSql & DeliverySql>(client, text, numbers);
  for await (const sessions of pages) {
    const senders = await ownedRows<SenderSql>(client, 'SELECT r.* FROM senders AS r', sessions);
    const stored = await ownedRows<SeqsSql>(
      client,
      'SELECT r.org_id, r.session_id, r.sender, r.seq, r.close_seq FROM events AS r',
      sessions,
      'WHERE r.sender IS NOT NULL',
    );
    for (const session of sessions) {
      const name = nameOf(session);
      checkTexts(report, name, session);
      checkLedger(report, name, session, senders.get(name) ?? [], stored.get(name) ?? []);
    }
  }
}

/** Rows of these sessions by their session. */
async function ownedRows<Row>(
  client: pg.ClientBase,
  select: string,
  sessions: readonly Owned[],
  where = '',
): Promise<ReadonlyMap<string, Row[]>> {
  const text = `${select} JOIN unnest($1::uuid[], $2::uuid[]) AS v (org_id, session_id)
    ON r.org_id = v.org_id AND r.session_id = v.session_id ${where}`;
  const values = [
    arrayText(sessions.map((one) => one.org_id)),
    arrayText(sessions.map((one) => one.session_id)),
  ];
  const { rows } = await client.query({ text, values, types: numbers });
  const found = new Map<string, Row[]>();
  for (const row of rows as (Row & Owned)[]) {
    const name = nameOf(row);
    const known = found.get(name);
    if (known === undefined) found.set(name, [row]);
    else known.push(row);
  }
  return found;
}

async function checkCalls(client: pg.ClientBase, report: Report): Promise<void> {
  const used = await client.query({ text: 'SELECT * FROM prices_used', types: numbers });
  const prices = pricesUsed(used.rows as PriceSql[]);
  const text = `SELECT org_id, session_id, position, ${callColumns} FROM events WHERE ${pricedCalls}`;
  const pages = streamRows<Owned & CallSql & { position: number }>(client, text, numbers);
  for await (const calls of pages) {
    for (const call of calls) checkCall(report, `${nameOf(call)} ${call.position}`, call, prices);
  }
}
