import { sql } from 'kysely';
import type { Flavour } from '../queries/flavour.ts';
import { goalMatch } from '../queries/goal-match.ts';

/** How SQLite says it. */
export const sqliteFlavour: Flavour = {
  isSpread: false,
  owner: { column: 'session_key', of: 'session_key' },
  ownerOf: ({ key }) => key,
  ownerName: String,
  ownerFrom: Number,
  within: () => sql`true`,

  hits: (orgId, words) =>
    sql`goal_search as g cross join sessions as s on s.session_key = g.rowid
      and g.goal_search match ${goalMatch(orgId, words)}`,
  arrival: sql`g.rowid`,
  newestHits: (orgId, words, limit) =>
    sql`(select rowid as hit from goal_search where goal_search match ${goalMatch(orgId, words)}
      order by rowid desc limit ${limit}) as g cross join sessions as s on s.session_key = g.hit`,
  countedHits: (orgId, words, limit) =>
    sql`(select 1 from goal_search where goal_search match ${goalMatch(orgId, words)} limit ${limit}) as counted`,
  newestArrival: () => sql`select max(session_key) as key from sessions`,

  join: sql`cross join`,
  finds: (query) => sql`exists (${query})`,
  by: (index) => sql`indexed by ${sql.ref(index)}`,
  contains: (text, part) => sql`instr(${text}, ${part}) > 0`,
  like: sql`like`,
  pairs: (json, alias) => sql`json_each(${json}) as ${sql.ref(alias)}`,
  numberIn: (json, key) => sql`cast(json_extract(${json}, '$.' || ${key}) as integer)`,
  greater: (one, other) => sql`max(${one}, ${other})`,
  id: (value) => sql`${value}`,
};
