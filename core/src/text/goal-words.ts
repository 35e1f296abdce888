/**
 * The words of a goal as both engines index them: lower case, accents removed, runs of letters, marks and digits;
 * CJK runs as overlapping pairs and their last character (S11). Joined by one space.
 */
export function goalWords(goal: string): string {
  return wordsOf(goal).flatMap(indexedParts).join(' ');
}

/** The words of a search: each must begin some indexed word. At most {@link maxSearchWords} count (S11). */
export function searchWords(query: string): string[] {
  const words = wordsOf(query).flatMap(searchedParts);
  return [...new Set(words)].slice(0, maxSearchWords);
}

/** Words of a search beyond this many are ignored. */
export const maxSearchWords = 16;

const word = /[\p{L}\p{M}\p{N}\p{Co}]+/gu;
const cjkRun = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}ー]+/gu;

function wordsOf(text: string): string[] {
  const folded = text
    .toLowerCase()
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .normalize('NFC')
    .toLowerCase();
  return folded.match(word) ?? [];
}

function indexedParts(text: string): string[] {
  return splitCjk(text, (run) => [...pairs(run), run.at(-1) ?? '']);
}

function searchedParts(text: string): string[] {
  return splitCjk(text, (run) => (run.length === 1 ? [...run] : pairs(run)));
}

function splitCjk(text: string, parts: (characters: string[]) => string[]): string[] {
  const found: string[] = [];
  let from = 0;
  for (const match of text.matchAll(cjkRun)) {
    if (match.index > from) found.push(text.slice(from, match.index));
    found.push(...parts([...match[0]]));
    from = match.index + match[0].length;
  }
  if (from < text.length) found.push(text.slice(from));
  return found;
}

function pairs(characters: readonly string[]): string[] {
  return characters.slice(1).map((character, index) => `${characters[index] ?? ''}${character}`);
}
