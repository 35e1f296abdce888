import { indexedPrefix } from '../queries/goal-match.ts';

/** The beginnings of a goal's words as the index holds them, with spaces between; null without any. */
export function goalLexemes(goalWords: string): string | null {
  const beginnings = goalWords
    .split(' ')
    .filter((word) => word !== '')
    .map(beginning);
  return beginnings.length === 0 ? null : [...new Set(beginnings)].join(' ');
}

/** The same in SQL, of a column with a goal's words: the index as it should be; null without any. */
export function lexemesOf(column: string): string {
  return `CASE WHEN ${column} <> '' THEN array_to_tsvector(ARRAY(
    SELECT DISTINCT left(word, ${indexedPrefix}) FROM unnest(string_to_array(${column}, ' ')) AS w (word) WHERE word <> '')) END`;
}

/** A query for goals in which every word begins some word; longer ends are compared in the rows found. */
export function lexemeQuery(words: readonly string[]): string {
  return words.map((word) => `'${beginning(word).replaceAll("'", "''")}':*`).join(' & ');
}

function beginning(word: string): string {
  return [...word].slice(0, indexedPrefix).join('');
}
