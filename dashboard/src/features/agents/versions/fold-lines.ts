import type { DiffLine } from './diff-lines.ts';

/** Equal lines that stay in sight before and after a difference. */
const contextLines = 3;

/** Lines that show, or equal ones that wait until they are asked for. */
export interface DiffPart {
  /** Names the part among the others: the place of its first line. */
  readonly at: number;
  readonly folded: boolean;
  readonly lines: readonly DiffLine[];
}

/** Two texts in parts: far from a difference, equal lines are folded away. */
export function foldLines(lines: readonly DiffLine[]): DiffPart[] {
  const near = lines.map(() => false);
  for (const [index, { kind }] of lines.entries()) {
    if (kind === 'same') continue;
    const last = Math.min(lines.length - 1, index + contextLines);
    for (let at = Math.max(0, index - contextLines); at <= last; at += 1) near[at] = true;
  }
  const parts: { at: number; folded: boolean; lines: DiffLine[] }[] = [];
  for (const [index, line] of lines.entries()) {
    const folded = near[index] !== true;
    const part = parts.at(-1);
    if (part?.folded === folded) part.lines.push(line);
    else parts.push({ at: index, folded, lines: [line] });
  }
  // One line takes as much room as the words that it is folded.
  return parts.map((part) => (part.lines.length === 1 ? { ...part, folded: false } : part));
}
