/** One line of two texts that stand beside each other: which line it is in each, null where it is missing. */
export interface DiffLine {
  readonly kind: 'same' | 'changed' | 'removed' | 'added';
  readonly before: NumberedLine | null;
  readonly after: NumberedLine | null;
}

/** A line with its number, from 1. */
export interface NumberedLine {
  readonly number: number;
  readonly text: string;
}

/** Pairs of lines that are compared at most; beyond, what differs is told as one block. */
export const comparedPairs = 4_000_000;

/** Two texts side by side, line by line, as few lines as possible told as different (A3). */
export function diffLines(before: string, after: string): DiffLine[] {
  const old = linesOf(before);
  const now = linesOf(after);
  const head = equalLines(old, now);
  const tail = equalLines(old.slice(head).toReversed(), now.slice(head).toReversed());
  const same = Array.from({ length: head }, (_, index) => sameLine(old, now, index, index));
  const foot = Array.from({ length: tail }, (_, index) =>
    sameLine(old, now, old.length - tail + index, now.length - tail + index),
  );
  const kept = keptPairs(old.slice(head, old.length - tail), now.slice(head, now.length - tail));
  return [...same, ...between(old, now, head, tail, kept), ...foot];
}

function linesOf(text: string): string[] {
  return text === '' ? [] : text.split(/\r?\n/);
}

function equalLines(one: readonly string[], other: readonly string[]): number {
  let count = 0;
  while (count < one.length && count < other.length && one[count] === other[count]) count += 1;
  return count;
}

/** The longest row of lines that stand in both, as pairs of places. */
function keptPairs(old: readonly string[], now: readonly string[]): [number, number][] {
  if (old.length * now.length > comparedPairs) return [];
  const width = now.length + 1;
  const longest = new Uint32Array((old.length + 1) * width);
  for (let row = old.length - 1; row >= 0; row -= 1) {
    for (let column = now.length - 1; column >= 0; column -= 1) {
      longest[row * width + column] =
        old[row] === now[column]
          ? (longest[(row + 1) * width + column + 1] ?? 0) + 1
          : Math.max(
              longest[(row + 1) * width + column] ?? 0,
              longest[row * width + column + 1] ?? 0,
            );
    }
  }
  const pairs: [number, number][] = [];
  let row = 0;
  let column = 0;
  while (row < old.length && column < now.length) {
    if (old[row] === now[column]) {
      pairs.push([row, column]);
      row += 1;
      column += 1;
    } else if (
      (longest[(row + 1) * width + column] ?? 0) >= (longest[row * width + column + 1] ?? 0)
    ) {
      row += 1;
    } else {
      column += 1;
    }
  }
  return pairs;
}

function between(
  old: readonly string[],
  now: readonly string[],
  head: number,
  tail: number,
  kept: readonly (readonly [number, number])[],
): DiffLine[] {
  const lines: DiffLine[] = [];
  let row = head;
  let column = head;
  const end = [old.length - tail - head, now.length - tail - head] as const;
  for (const [keptRow, keptColumn] of [...kept, end]) {
    lines.push(...block(old, now, [row, head + keptRow], [column, head + keptColumn]));
    row = head + keptRow + 1;
    column = head + keptColumn + 1;
    if (keptRow < end[0] || keptColumn < end[1])
      lines.push(sameLine(old, now, row - 1, column - 1));
  }
  return lines;
}

/** Lines that differ, set beside each other as far as both sides have some. */
function block(
  old: readonly string[],
  now: readonly string[],
  [fromRow, toRow]: readonly [number, number],
  [fromColumn, toColumn]: readonly [number, number],
): DiffLine[] {
  const rows = toRow - fromRow;
  const columns = toColumn - fromColumn;
  return Array.from({ length: Math.max(rows, columns) }, (_, index) => {
    const before = index < rows ? numbered(old, fromRow + index) : null;
    const after = index < columns ? numbered(now, fromColumn + index) : null;
    const kind = before === null ? 'added' : after === null ? 'removed' : 'changed';
    return { kind, before, after };
  });
}

function sameLine(
  old: readonly string[],
  now: readonly string[],
  row: number,
  column: number,
): DiffLine {
  return { kind: 'same', before: numbered(old, row), after: numbered(now, column) };
}

function numbered(lines: readonly string[], index: number): NumberedLine {
  return { number: index + 1, text: lines[index] ?? '' };
}
