import { sql } from 'kysely';
import type { Flavour } from '../queries/flavour.ts';
import type { Sql } from '../queries/runner.ts';
import { uuidBlob, uuidText } from '../sqlite/uuid-blob.ts';
import { lexemeQuery } from './goal-lexemes.ts';

/** How PostgreSQL says it: every row carries its organisation, and ids stand where SQLite has integer keys. */
export const postgresFlavour: Flavour = {
  isSpread: false,
  owner: { column: 'session_id', of: 'id' },
  ownerOf: ({ session }) => uuidBlob(session.id),
  ownerName: (value) => uuidText(value as Uint8Array),
  ownerFrom: uuidBlob,
  within: (alias, orgId) => sql`${sql.ref(`${alias}.org_id`)} = ${uuidBlob(orgId)}`,

  hits: (orgId, words) => sql`(select * from sessions ${whereHit(orgId, words)}) as s`,
  arrival: sql`s.session_key`,
  newestHits: (orgId, words, limit) =>
    sql`(select * from sessions ${whereHit(orgId, words)} order by session_key desc limit ${limit}) as s`,
  countedHits: (orgId, words, limit) =>
    sql`(select 1 from sessions ${whereHit(orgId, words)} limit ${limit}) as counted`,
  newestArrival: (orgId) =>
    sql`select max(session_key) as key from sessions where org_id = ${uuidBlob(orgId)}`,

  join: sql`join`,
  // Of EXISTS it makes a join or a hash, and reads all that the query could find first.
  finds: (query) => sql`(${query}) = 1`,
  by: () => sql``,
  contains: (text, part) => sql`strpos(${text}, ${part}) > 0`,
  like: sql`ilike`,
  pairs: (json, alias) => sql`json_each_text(${json}::json) as ${sql.ref(alias)} (key, value)`,
  numberIn(json, key) {
    const member = sql`(${tame(json)}::json -> (${key}))`;
    return sql`case json_typeof(${member}) when 'number' then trunc(${member}::text::numeric)::bigint end`;
  },
  greater: (one, other) => sql`greatest(${one}, ${other})`,
  id: (value) => sql`${value}::uuid`,
};

/** The same over tables that Citus has spread. */
export const citusFlavour: Flavour = { ...postgresFlavour, isSpread: true };

function whereHit(orgId: string, words: readonly string[]): Sql {
  return sql`where org_id = ${uuidBlob(orgId)} and goal_index @@ ${lexemeQuery(words)}::tsquery`;
}

/** JSON text without the escapes that PostgreSQL cannot make characters of: NUL and halves of surrogate pairs. */
function tame(json: Sql): Sql {
  return sql`regexp_replace(${json}, ${String.raw`(\\\\)|\\u(?:0000|[dD][89a-fA-F][0-9a-fA-F]{2})`}, '\\1', 'g')`;
}
