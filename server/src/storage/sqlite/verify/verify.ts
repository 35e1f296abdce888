import { openReader, type Connection } from '../connection.ts';
import { refuseNewer } from '../migrate.ts';
import { checkCosts, checkGoalWords } from './check-costs.ts';
import { checkLedgers } from './check-ledgers.ts';
import type { Difference } from './difference.ts';
import { runTableCheck } from './run-table-check.ts';
import { derivedChecks, sessionChecks } from './table-checks.ts';

/** Differences told one by one; beyond this many they are only counted. */
export const maxToldDifferences = 100;

/** What verifying found; a sound database has no differences. */
export interface Verification {
  readonly sessions: number;
  readonly events: number;
  readonly differenceCount: number;
  readonly differences: readonly Difference[];
}

/** Verifies a database file, beside a running server too. */
export function verifyFile(path: string): Verification {
  const db = openReader(path);
  try {
    refuseNewer(db, path);
    return verify(db);
  } finally {
    db.close();
  }
}

/** Recomputes every counter, roll-up, ledger, tree, cost and day total from what they were made of. */
export function verify(db: Connection): Verification {
  const differences: Difference[] = [];
  let differenceCount = 0;
  const report = (difference: Difference) => {
    differenceCount += 1;
    if (differences.length < maxToldDifferences) differences.push(difference);
  };
  const count = (table: string) =>
    Number(db.prepare(`SELECT count(*) FROM ${table}`).pluck().get());
  // One snapshot for everything: what a running server commits meanwhile is not seen.
  return db.transaction(() => {
    for (const check of [...sessionChecks, ...derivedChecks]) runTableCheck(db, check, report);
    checkLedgers(db, report);
    checkCosts(db, report);
    checkGoalWords(db, report);
    return {
      sessions: count('sessions'),
      events: count('events'),
      differenceCount,
      differences,
    };
  })();
}
