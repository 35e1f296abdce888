/** Distinct sequence numbers as ascending, disjoint, non-adjacent ranges `[first, last]`. */
export type SeqRanges = readonly (readonly [number, number])[];

/** Adds numbers to a set of ranges; any order, any duplicates (D1). */
export function addSeqs(ranges: SeqRanges, seqs: readonly number[]): SeqRanges {
  if (seqs.length === 0) return ranges;
  const added = seqs.toSorted((a, b) => a - b).map((seq): [number, number] => [seq, seq]);
  return mergeRanges(ranges, added);
}

/** How many numbers a set of ranges holds. */
export function countSeqs(ranges: SeqRanges): number {
  return ranges.reduce((sum, [first, last]) => sum + last - first + 1, 0);
}

/** The numbers of `ranges` that do not stand in `taken`. */
export function countSeqsOutside(ranges: SeqRanges, taken: SeqRanges): number {
  return countSeqs(mergeRanges(ranges, taken)) - countSeqs(taken);
}

function mergeRanges(left: SeqRanges, right: SeqRanges): SeqRanges {
  const merged: [number, number][] = [];
  let l = 0;
  let r = 0;
  while (l < left.length || r < right.length) {
    const a = left[l];
    const b = right[r];
    const takeLeft = b === undefined || (a !== undefined && a[0] <= b[0]);
    const next = takeLeft ? a : b;
    if (takeLeft) l += 1;
    else r += 1;
    if (next !== undefined) append(merged, next);
  }
  return merged;
}

function append(merged: [number, number][], [first, last]: readonly [number, number]): void {
  const open = merged.at(-1);
  if (open === undefined || first > open[1] + 1) merged.push([first, last]);
  else if (last > open[1]) open[1] = last;
}
