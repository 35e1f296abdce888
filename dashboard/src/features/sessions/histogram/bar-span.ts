/** Bars chosen by a drag or by keys: from where it began to where it is, either way round. */
export interface BarSpan {
  readonly from: number;
  readonly to: number;
}

/** The span after a key: arrows, Home and End move it, with Shift they stretch it; null for any other key. */
export function moveSpan(
  span: BarSpan | null,
  key: string,
  stretch: boolean,
  count: number,
): BarSpan | null {
  const last = count - 1;
  const step = steps[key];
  if (step === undefined || last < 0) return null;
  // The first key shows the newest bar, where most readers look.
  const to = span === null ? (key === 'Home' ? 0 : last) : clamp(span.to + step, last);
  return { from: stretch && span !== null ? span.from : to, to };
}

const far = 1_000_000;
const steps: Readonly<Record<string, number>> = {
  ArrowLeft: -1,
  ArrowRight: 1,
  Home: -far,
  End: far,
};

function clamp(index: number, last: number): number {
  return Math.min(last, Math.max(0, index));
}
