/** The UTF-8 bytes of a text; a lone surrogate counts as U+FFFD. */
export function utf8(text: string): Uint8Array {
  const bytes: number[] = [];
  for (const character of text.toWellFormed()) addCharacter(bytes, character.codePointAt(0) ?? 0);
  return Uint8Array.from(bytes);
}

function addCharacter(bytes: number[], code: number): void {
  if (code < 0x80) bytes.push(code);
  else if (code < 0x800) bytes.push(0xc0 | (code >> 6), trail(code));
  else if (code < 0x10000) bytes.push(0xe0 | (code >> 12), trail(code >> 6), trail(code));
  else bytes.push(0xf0 | (code >> 18), trail(code >> 12), trail(code >> 6), trail(code));
}

function trail(code: number): number {
  return 0x80 | (code & 0x3f);
}
