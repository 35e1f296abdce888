import { sql } from 'kysely';
import type { Runner, Sql } from './runner.ts';

/** Longest beginning of a word that the index keeps: longer ones are compared in the rows found. */
export const indexedPrefix = 8;

/** The full-text query for goals of one organisation in which every word begins some word (S11). */
export function goalMatch(orgId: string, words: readonly string[]): string {
  const organisation = `org : "${orgId.replaceAll('-', '')}"`;
  const parts = words.map((word) => `words : "${[...word].slice(0, indexedPrefix).join('')}"*`);
  return [organisation, ...parts].join(' AND ');
}

/** What a match leaves open: the ends of long words. */
export function longWordConditions(
  runner: Pick<Runner, 'flavour'>,
  alias: string,
  words: readonly string[],
): Sql[] {
  return wordConditions(
    runner,
    alias,
    words.filter((word) => [...word].length > indexedPrefix),
  );
}

/** That every word begins some word of the goal, without the index. */
export function wordConditions(
  runner: Pick<Runner, 'flavour'>,
  alias: string,
  words: readonly string[],
): Sql[] {
  const goal = sql.ref(`${alias}.goal_words`);
  return words.map((word) => runner.flavour.contains(sql`' ' || ${goal}`, ` ${word}`));
}
