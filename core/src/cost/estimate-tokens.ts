/** Characters that count as one token where nothing better is known. */
export const charactersPerToken = 4;

/** Deepest nesting that is read; deeper content counts nothing. */
export const maxEstimateDepth = 32;

/** Tokens that content of any shape roughly holds: the Unicode characters of all its texts / 4, rounded up. */
export function estimateTokens(content: unknown): number {
  return Math.ceil(charactersOf(content, 0) / charactersPerToken);
}

function charactersOf(content: unknown, depth: number): number {
  if (typeof content === 'string') return codePoints(content);
  if (typeof content !== 'object' || content === null || depth >= maxEstimateDepth) return 0;
  let sum = 0;
  for (const part of Object.values(content)) sum += charactersOf(part, depth + 1);
  return sum;
}

function codePoints(text: string): number {
  let pairs = 0;
  for (let index = 1; index < text.length; index += 1) {
    if (isLow(text.charCodeAt(index)) && isHigh(text.charCodeAt(index - 1))) pairs += 1;
  }
  return text.length - pairs;
}

function isHigh(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff;
}

function isLow(code: number): boolean {
  return code >= 0xdc00 && code <= 0xdfff;
}
