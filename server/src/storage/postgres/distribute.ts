import type pg from 'pg';
import { StartupError } from '../startup-error.ts';
import { placeOf } from './connect.ts';

/** What is spread over the nodes, by which column; all rows of a session lie together. The others stay local. */
export const distributed = [
  ['sessions', 'id'],
  ['events', 'session_id'],
  ['decision_traces', 'session_id'],
  ['signals', 'subject_id'],
] as const;

/** Spreads the tables of a database over its Citus nodes; those that are spread already stay so. */
export async function distribute(client: pg.ClientBase, url: string): Promise<readonly string[]> {
  const { rowCount } = await client.query(`SELECT 1 FROM pg_extension WHERE extname = 'citus'`);
  if (rowCount === 0) {
    throw new StartupError(
      `Cannot distribute ${placeOf(url)}: it has no Citus. Run CREATE EXTENSION citus on it, with its nodes added, or leave --citus out.`,
    );
  }
  const { rows } = await client.query<{ name: string }>(
    'SELECT table_name::text AS name FROM citus_tables',
  );
  const known = new Set(rows.map(({ name }) => name));
  const done: string[] = [];
  for (const [table, column] of distributed) {
    if (known.has(table)) continue;
    await client.query(distributeText(table, column));
    done.push(table);
  }
  return done;
}

/** Rows of one session lie on the node of the session itself. */
export function distributeText(table: string, column: string): string {
  const beside = table === 'sessions' ? '' : `, colocate_with => 'sessions'`;
  return `SELECT create_distributed_table('${table}', '${column}'${beside})`;
}
