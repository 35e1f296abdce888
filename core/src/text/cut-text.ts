/** A text cut to a limit, and whether anything was lost. */
export interface CutText {
  readonly text: string;
  readonly cut: boolean;
}

/** Cuts a text to at most `limit` characters (Unicode code points); never splits one (E7). */
export function cutText(text: string, limit: number): CutText {
  if (text.length <= limit) return { text, cut: false };
  let end = 0;
  for (let count = 0; count < limit && end < text.length; count += 1) {
    end += (text.codePointAt(end) ?? 0) > 0xffff ? 2 : 1;
  }
  return end >= text.length ? { text, cut: false } : { text: text.slice(0, end), cut: true };
}

/** Replaces what a database text column refuses, U+0000 and lone surrogates, by U+FFFD. */
export function storableText(text: string): string {
  if (text.isWellFormed() && !text.includes('\0')) return text;
  return text.toWellFormed().replaceAll('\0', '\uFFFD');
}
