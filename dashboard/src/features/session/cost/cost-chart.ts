/** One priced call in time order. */
export interface CostStep {
  readonly eventId: string;
  readonly atMs: number;
  readonly model: string | null;
  readonly costUsd: number;
}

/** One column of the chart: the calls it stands for and what had been spent after them. */
export interface CostColumn {
  readonly costUsd: number;
  readonly spentUsd: number;
  readonly calls: number;
  /** The dearest call of the column: where a click leads. */
  readonly dearest: CostStep;
}

/** Calls in order of time, at most `columns` of them side by side; more share a column. */
export function costColumns(steps: readonly CostStep[], columns: number): CostColumn[] {
  const perColumn = Math.max(1, Math.ceil(steps.length / columns));
  const result: CostColumn[] = [];
  let spentUsd = 0;
  for (let from = 0; from < steps.length; from += perColumn) {
    const group = steps.slice(from, from + perColumn);
    const [first] = group;
    if (first === undefined) break;
    const costUsd = group.reduce((sum, step) => sum + step.costUsd, 0);
    spentUsd += costUsd;
    const dearest = group.reduce(
      (most, step) => (step.costUsd > most.costUsd ? step : most),
      first,
    );
    result.push({ costUsd, spentUsd, calls: group.length, dearest });
  }
  return result;
}
