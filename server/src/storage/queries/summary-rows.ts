import { isIncomplete, type Session } from '@niitaka/core/session/session.ts';
import { quietAfterMs } from '@niitaka/core/session/session-filter.ts';
import { sql } from 'kysely';
import type { SessionSummary } from '../session-reader.ts';
import { sessionColumns, sessionFromRow, type SessionSql } from '../sqlite/session-row.ts';
import type { Runner, Sql } from './runner.ts';
import { openCalls } from './open-calls.ts';
import { treeSums } from './tree-sums.ts';

/** A row of `sessions` with its tags. */
export interface SummarySql extends SessionSql {
  readonly tags: string | null;
}

/** The columns of a summary for a SELECT from `sessions` under an alias. */
export function summaryColumns(alias: string): Sql {
  const names = [...sessionColumns.split(',').map((name) => name.trim()), 'tags'];
  return sql.join(names.map((name) => sql.ref(`${alias}.${name}`)));
}

/** Rows with what pages show beside them: the open call of running ones, the sums of those with children. */
export async function summariesOf(
  runner: Runner,
  orgId: string,
  rows: readonly SummarySql[],
  nowMs: number,
): Promise<SessionSummary[]> {
  const read = rows.map((row) => ({ stored: sessionFromRow(row), tags: tagsOf(row.tags) }));
  const calls = await openCalls(
    runner,
    read.map(({ stored }) => stored).filter(({ session }) => session.status === 'running'),
  );
  const sums = await treeSums(
    runner,
    orgId,
    read.map(({ stored }) => stored.session).filter((session) => session.childCount > 0),
  );
  return read.map(({ stored: { session }, tags }) => ({
    session,
    tags,
    quiet: isQuiet(session, nowMs),
    incomplete: isIncomplete(session),
    openCall: calls.get(session.id) ?? null,
    tree: sums.get(session.id) ?? null,
    matchedDescendants: null,
  }));
}

function isQuiet(session: Session, nowMs: number): boolean {
  const lastMs = session.lastEventAtMs ?? session.startedAtMs;
  return session.status === 'running' && lastMs < nowMs - quietAfterMs;
}

function tagsOf(text: string | null): Readonly<Record<string, string>> {
  return text === null ? {} : (JSON.parse(text) as Record<string, string>);
}
