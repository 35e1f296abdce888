import { stringify } from 'csv-stringify/sync';
import type { SessionFilter, SessionSort } from '@niitaka/core/session/session-filter.ts';
import type { SessionRow } from '@niitaka/protocol/session.ts';
import type { Reader } from '../storage/reader.ts';
import type { ListPosition } from '../storage/session-reader.ts';
import { sessionToWire } from './map-session.ts';

/** Rows read and written at a time. */
const pageRows = 500;

/** What is exported, of whom and how. */
export interface ExportRequest {
  readonly orgId: string;
  readonly filter: SessionFilter;
  readonly sort: SessionSort;
  readonly columns: readonly string[];
  readonly format: 'csv' | 'jsonl';
}

type Cell = string | number | boolean | null;

const metric =
  (name: string) =>
  (row: SessionRow): Cell =>
    row.metrics[name] ?? null;

/** Every column an export can hold, by name. */
const cells: Readonly<Record<string, (row: SessionRow) => Cell>> = {
  id: (row) => row.id,
  status: (row) => row.status,
  goal: (row) => row.goal,
  agent_id: (row) => row.agent_id,
  agent_version: (row) => row.agent_version,
  environment: (row) => row.environment,
  started_at: (row) => row.started_at,
  ended_at: (row) => row.ended_at,
  last_seen_at: (row) => row.last_seen_at,
  duration_ms: (row) => row.duration_ms,
  total_cost: (row) => row.total_cost,
  tree_cost: (row) => row.tree?.total_cost ?? row.total_cost,
  late_cost: (row) => row.late_cost,
  unpriced_count: (row) => row.unpriced_count,
  input_tokens: (row) => row.input_tokens,
  output_tokens: (row) => row.output_tokens,
  total_tokens: (row) => row.total_tokens,
  event_count: (row) => row.event_count,
  step_count: (row) => row.step_count,
  llm_count: (row) => row.llm_count,
  tool_count: (row) => row.tool_count,
  error_count: (row) => row.error_count,
  goal_completed: metric('goal_completed'),
  score: metric('score'),
  metrics: (row) => JSON.stringify(row.metrics),
  tags: (row) => JSON.stringify(row.tags),
  user_id: (row) => row.user_id,
  conversation_id: (row) => row.conversation_id,
  experiment_id: (row) => row.experiment_id,
  variant: (row) => row.variant,
  parent_session_id: (row) => row.parent_session_id,
  root_session_id: (row) => row.root_session_id,
  closed_by: (row) => row.closed_by,
  incomplete: (row) => row.delivery.incomplete,
};

/** Names of the columns an export can hold. */
export const exportColumns: readonly string[] = Object.keys(cells);

/**
 * The file, page by page: no read lasts longer than one page, and none begins before the one before it was taken.
 * Figures of a session with missing records are marked by the column `incomplete` (D1).
 */
export async function* exportSessions(
  reader: Reader,
  request: ExportRequest,
  clock: () => number,
): AsyncGenerator<string> {
  const columns = markedColumns(request.columns);
  if (request.format === 'csv') yield csvOf([[...columns]]);
  let after: ListPosition | null = null;
  do {
    const page = await reader.listSessions(request.orgId, {
      filter: request.filter,
      sort: request.sort,
      limit: pageRows,
      after,
      nowMs: clock(),
    });
    const rows = page.items.map(sessionToWire);
    if (rows.length > 0) yield textOf(rows, columns, request.format);
    // Counted anew for each page: an export goes on where a list on a page would end.
    after = page.next === null ? null : { ...page.next, depth: 0 };
  } while (after !== null);
}

/** With any figure the mark of incomplete ones comes along. */
function markedColumns(columns: readonly string[]): readonly string[] {
  const hasFigures = columns.some(
    (name) => name.endsWith('cost') || name.endsWith('count') || name.endsWith('tokens'),
  );
  return hasFigures && !columns.includes('incomplete') ? [...columns, 'incomplete'] : columns;
}

function textOf(
  rows: readonly SessionRow[],
  columns: readonly string[],
  format: 'csv' | 'jsonl',
): string {
  const lines = rows.map((row) => columns.map((name) => cells[name]?.(row) ?? null));
  if (format === 'csv') return csvOf(lines);
  return lines
    .map(
      (line) =>
        `${JSON.stringify(Object.fromEntries(columns.map((name, index) => [name, line[index]])))}\n`,
    )
    .join('');
}

function csvOf(lines: readonly (readonly Cell[])[]): string {
  // A cell that a spreadsheet would take for a formula is written with a leading apostrophe.
  return stringify(
    lines.map((line) => [...line]),
    { escape_formulas: true, cast: { boolean: String }, record_delimiter: 'windows' },
  );
}
