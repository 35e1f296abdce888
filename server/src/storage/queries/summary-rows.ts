import { isIncomplete, type Session } from '@niitaka/core/session/session.ts';
import { quietAfterMs } from '@niitaka/core/session/session-filter.ts';
import { sql } from 'kysely';
import type { SessionSummary, TreeSums } from '../session-reader.ts';
import type { StoredSession } from '../session-tx.ts';
import { sessionColumns, sessionFromRow, type SessionSql } from '../sqlite/session-row.ts';
import { openCalls } from './open-calls.ts';
import { listOfValues, valuesInList, type Runner, type Sql } from './runner.ts';
import { treeSums } from './tree-sums.ts';

/** A row of `sessions` with its tags. */
export interface SummarySql extends SessionSql {
  readonly tags: string | null;
}

/** The columns of a summary for a SELECT from `sessions` as `s`. */
export const summaryColumns: Sql = sql.raw(`${sessionColumns}, s.tags`);

/** Sums over the subtrees of sessions with children, by id. */
export type SumsOf = (parents: readonly Session[]) => Promise<ReadonlyMap<string, TreeSums>>;

/** A row as it was read. */
export interface ReadRow {
  readonly stored: StoredSession;
  readonly tags: Readonly<Record<string, string>>;
}

/** Reads a row. */
export function readRow(row: SummarySql): ReadRow {
  return { stored: sessionFromRow(row), tags: tagsOf(row.tags) };
}

/** Rows with what pages show beside them: the open call of running ones, the sums of those with children. */
export async function summariesOf(
  runner: Runner,
  orgId: string,
  rows: readonly ReadRow[],
  nowMs: number,
  sumsOf: SumsOf = (parents) => treeSums(runner, orgId, parents),
): Promise<SessionSummary[]> {
  const stored = rows.map((one) => one.stored);
  const calls = await openCalls(
    runner,
    orgId,
    stored.filter(({ session }) => session.status === 'running'),
  );
  const sums = await sumsOf(
    stored.map(({ session }) => session).filter((session) => session.childCount > 0),
  );
  return rows.map(({ stored: { session }, tags }) => ({
    session,
    tags,
    quiet: isQuiet(session, nowMs),
    incomplete: isIncomplete(session),
    openCall: calls.get(session.id) ?? null,
    tree: sums.get(session.id) ?? null,
    matchedDescendants: null,
  }));
}

/** Rows of sessions by id, in no order; unknown ones are absent. */
export async function rowsById(
  runner: Runner,
  orgId: string,
  ids: readonly string[],
): Promise<SummarySql[]> {
  const rows: SummarySql[] = [];
  for (let from = 0; from < ids.length; from += valuesInList) {
    const some = ids.slice(from, from + valuesInList).map((id) => runner.id(id));
    rows.push(
      ...(await runner.rows<SummarySql>(
        sql`select ${summaryColumns} from sessions as s
          where s.org_id = ${runner.id(orgId)} and s.id in (${listOfValues(some)})`,
      )),
    );
  }
  return rows;
}

function isQuiet(session: Session, nowMs: number): boolean {
  const lastMs = session.lastEventAtMs ?? session.startedAtMs;
  return session.status === 'running' && lastMs < nowMs - quietAfterMs;
}

function tagsOf(text: string | null): Readonly<Record<string, string>> {
  return text === null ? {} : (JSON.parse(text) as Record<string, string>);
}
