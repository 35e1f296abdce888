/** A sentence in parts; a strong part names what it is about. */
export type Phrase = readonly (string | Strong)[];

export interface Strong {
  readonly strong: string;
}

/** The sentence without its marks, for titles and tests. */
export function plainText(phrase: Phrase): string {
  return phrase.map((part) => (typeof part === 'string' ? part : part.strong)).join('');
}

/** Marks a part of a sentence. */
export function strong(text: string): Strong {
  return { strong: text };
}
