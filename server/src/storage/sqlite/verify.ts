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
import { checkSql, reportCheckRow, type CheckRow } from '../verify/check-sql.ts';
import type { Report } from '../verify/difference.ts';
import { tableChecks, type VerifyDialect } from '../verify/table-checks.ts';
import { openFindings, type Verification } from '../verify/verification.ts';
import { openReader, type Connection } from './connection.ts';
import { refuseHalfCopied, refuseOlder } from './migrate.ts';

/** Verifies a database file, beside a running server too. */
export function verifyFile(path: string): Verification {
  const db = openReader(path);
  try {
    refuseHalfCopied(db, path);
    refuseOlder(db, path);
    return verify(db);
  } finally {
    db.close();
  }
}

/** Recomputes every counter, roll-up, ledger, tree, cost and day total from what they were made of. */
export function verify(db: Connection): Verification {
  const { report, sumUp } = openFindings();
  const count = (table: string) =>
    Number(db.prepare(`SELECT count(*) FROM ${table}`).pluck().get());
  // One snapshot for everything: what a running server commits meanwhile is not seen.
  return db.transaction(() => {
    for (const check of tableChecks(dialect)) {
      const rows = db.prepare<[], CheckRow>(checkSql(check)).safeIntegers();
      for (const row of rows.iterate()) reportCheckRow(check, row, report);
    }
    checkLedgers(db, report);
    checkCalls(db, report);
    const texts = db.prepare<[], TextsSql & { session_key: number }>(
      `SELECT session_key, ${textColumns} FROM sessions`,
    );
    for (const row of texts.iterate()) checkTexts(report, String(row.session_key), row);
    return sumUp({ sessions: count('sessions'), events: count('events') });
  })();
}

const dialect: VerifyDialect = {
  owner: ['session_key'],
  ofSession: 's.session_key',
  otherSessions: 'sessions',
  joins: (alias) => `s.session_key = ${alias}.session_key`,
  tagPairs: 'json_each(s.tags) AS t',
  indexed: 'SELECT id AS session_key, 1 AS indexed FROM goal_search_docsize',
};

function checkLedgers(db: Connection, report: Report): void {
  const sessions = db.prepare<[], DeliverySql & { session_key: number }>(
    `SELECT session_key, ${deliveryColumns} FROM sessions`,
  );
  const senders = db.prepare<[number], SenderSql>('SELECT * FROM senders WHERE session_key = ?');
  const stored = db.prepare<[number], SeqsSql>(
    'SELECT sender, seq, close_seq FROM events WHERE session_key = ? AND sender IS NOT NULL',
  );
  for (const session of sessions.iterate()) {
    const key = session.session_key;
    checkLedger(report, String(key), session, senders.all(key), stored.all(key));
  }
}

function checkCalls(db: Connection, report: Report): void {
  const prices = pricesUsed(db.prepare<[], PriceSql>('SELECT * FROM prices_used').all());
  const calls = db.prepare<[], CallSql & { session_key: number; position: number }>(
    `SELECT session_key, position, ${callColumns} FROM events WHERE ${pricedCalls}`,
  );
  for (const call of calls.iterate()) {
    checkCall(report, `${call.session_key} ${call.position}`, call, prices);
  }
}
