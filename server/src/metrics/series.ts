/** Counts upwards, apart for each value of its label. */
export interface Counter {
  add(amount: number, label?: string): void;
  /** Over all values of its label. */
  total(): number;
  byLabel(): Readonly<Record<string, number>>;
}

/** Counts values by bucket, apart for each value of its label. */
export interface Histogram {
  observe(value: number, label?: string): void;
  /** How many values were at most each bound, and how many in all, without labels. */
  counts(): HistogramCounts;
}

/** A histogram as it stands. */
export interface HistogramCounts {
  readonly bounds: readonly number[];
  readonly atMost: readonly number[];
  readonly count: number;
  readonly sum: number;
}

/** What a series is called, and by what its values differ. */
export interface SeriesName {
  readonly name: string;
  readonly help: string;
  readonly label?: string;
}

/** What is rendered for Prometheus. */
export interface Registry {
  counter(series: SeriesName): Counter;
  histogram(series: SeriesName, bounds: readonly number[]): Histogram;
  /** A figure that is read when asked for; null while it is not known. */
  gauge(name: string, help: string, read: () => number | null): void;
  /** Figures by the values of a label, read when asked for. */
  gauges(series: Required<SeriesName>, read: () => Readonly<Record<string, number>>): void;
  render(): string;
}

interface Series {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  lines(): string[];
}

// Labels come from our own tables, so that this is never reached by a client.
const labelLimit = 1000;

/** Opens a registry without series. */
export function openRegistry(): Registry {
  const all: Series[] = [];
  return {
    counter: (series) => addCounter(all, series),
    histogram: (series, bounds) => addHistogram(all, series, bounds),
    gauge(name, help, read) {
      const lines = () => {
        const value = read();
        return value === null ? [] : [`${name} ${value}`];
      };
      all.push({ name, help, type: 'gauge', lines });
    },
    gauges({ name, help, label }, read) {
      const lines = () =>
        Object.entries(read()).map(([value, figure]) => `${name}${tag(label, value)} ${figure}`);
      all.push({ name, help, type: 'gauge', lines });
    },
    render: () => all.map(renderSeries).join(''),
  };
}

function addCounter(all: Series[], { name, help, label }: SeriesName): Counter {
  const counts = new Map<string, number>();
  if (label === undefined) counts.set('', 0);
  const lines = () => [...counts].map(([value, count]) => `${name}${tag(label, value)} ${count}`);
  all.push({ name, help, type: 'counter', lines });
  return {
    add(amount, value = '') {
      if (counts.size >= labelLimit && !counts.has(value)) return;
      counts.set(value, (counts.get(value) ?? 0) + amount);
    },
    byLabel: () => Object.fromEntries(counts),
    total: () => [...counts.values()].reduce((sum, count) => sum + count, 0),
  };
}

interface Buckets {
  readonly atMost: number[];
  count: number;
  sum: number;
}

function addHistogram(
  all: Series[],
  { name, help, label }: SeriesName,
  bounds: readonly number[],
): Histogram {
  const empty = (): Buckets => ({ atMost: bounds.map(() => 0), count: 0, sum: 0 });
  const byLabel = new Map<string, Buckets>();
  if (label === undefined) byLabel.set('', empty());
  const lines = () =>
    [...byLabel].flatMap(([value, buckets]) => bucketLines(name, label, value, bounds, buckets));
  all.push({ name, help, type: 'histogram', lines });
  return {
    observe(value, of = '') {
      const known = byLabel.get(of);
      if (known === undefined && byLabel.size >= labelLimit) return;
      const found = known ?? empty();
      byLabel.set(of, found);
      found.count += 1;
      found.sum += value;
      for (let at = bounds.length - 1; at >= 0 && value <= (bounds[at] ?? 0); at -= 1) {
        found.atMost[at] = (found.atMost[at] ?? 0) + 1;
      }
    },
    counts() {
      const { atMost, count, sum } = byLabel.get('') ?? empty();
      return { bounds, atMost: [...atMost], count, sum };
    },
  };
}

function bucketLines(
  name: string,
  label: string | undefined,
  value: string,
  bounds: readonly number[],
  { atMost, count, sum }: Buckets,
): string[] {
  const own = label === undefined ? '' : `${label}="${escapeLabel(value)}",`;
  const buckets = bounds.map(
    (bound, at) => `${name}_bucket{${own}le="${bound}"} ${atMost[at] ?? 0}`,
  );
  buckets.push(`${name}_bucket{${own}le="+Inf"} ${count}`);
  const tagged = tag(label, value);
  return [...buckets, `${name}_sum${tagged} ${sum}`, `${name}_count${tagged} ${count}`];
}

function renderSeries({ name, help, type, lines }: Series): string {
  return `${[`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...lines()].join('\n')}\n`;
}

function tag(label: string | undefined, value: string): string {
  return label === undefined ? '' : `{${label}="${escapeLabel(value)}"}`;
}

function escapeLabel(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
