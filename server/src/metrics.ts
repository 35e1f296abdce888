import { monitorEventLoopDelay } from 'node:perf_hooks';

/** Counts upwards, apart for each value of its label. */
export interface Counter {
  add(amount: number, label?: string): void;
}

/** Counts seconds by bucket, apart for each value of its label. */
export interface SecondsHistogram {
  observe(seconds: number, label: string): void;
}

/** What the server tells Prometheus about itself. */
export interface Metrics {
  readonly requests: Counter;
  readonly requestSeconds: SecondsHistogram;
  readonly ingestBytes: Counter;
  readonly refusedForLoad: Counter;
  readonly streamMessages: Counter;
  readonly streamBytes: Counter;
  readonly slowStreams: Counter;
  /** Adds a figure that is read when asked for. */
  gauge(name: string, help: string, read: () => number): void;
  /** The text of `/metrics`. */
  render(): string;
  close(): void;
}

interface Series {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  lines(): string[];
}

const bucketBounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];
// Labels come from our own table of routes and statuses, so that this is never reached by a client.
const labelLimit = 1000;

/** Opens the metrics of one server. */
export function openMetrics(): Metrics {
  const all: Series[] = [];
  const loopDelay = monitorEventLoopDelay({ resolution: 10 });
  loopDelay.enable();
  const counter = (name: string, help: string, label?: string) =>
    addCounter(all, { name, help, label });
  const gauge = (name: string, help: string, read: () => number) => {
    all.push({ name, help, type: 'gauge', lines: () => [`${name} ${read()}`] });
  };
  processGauges(gauge);
  gauge('niitaka_event_loop_delay_p99_seconds', 'Event-loop delay since the last reading', () => {
    const seconds = loopDelay.percentile(99) / 1e9;
    loopDelay.reset();
    return seconds;
  });
  return {
    requests: counter('niitaka_http_requests_total', 'Requests answered, by status', 'status'),
    requestSeconds: addHistogram(all, 'niitaka_http_request_seconds', 'Time to answer, by route'),
    ingestBytes: counter('niitaka_ingest_bytes_total', 'Bytes of batches, after decompression'),
    refusedForLoad: counter('niitaka_ingest_refused_total', 'Batches refused for load (503)'),
    streamMessages: counter('niitaka_stream_messages_total', 'Live messages sent'),
    streamBytes: counter('niitaka_stream_bytes_total', 'Bytes of live messages sent'),
    slowStreams: counter('niitaka_slow_streams_total', 'Streams closed for reading too slowly'),
    gauge,
    render: () => all.map(renderSeries).join(''),
    close: () => loopDelay.disable(),
  };
}

function processGauges(gauge: Metrics['gauge']): void {
  gauge('process_resident_memory_bytes', 'Resident memory', () => process.memoryUsage.rss());
  gauge('process_uptime_seconds', 'Time since the process began', () => process.uptime());
  gauge('process_cpu_seconds', 'CPU time of all threads', () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  });
}

function addCounter(
  all: Series[],
  { name, help, label }: { name: string; help: string; label: string | undefined },
): Counter {
  const counts = new Map<string, number>();
  if (label === undefined) counts.set('', 0);
  const lines = () =>
    [...counts].map(([value, count]) =>
      label === undefined
        ? `${name} ${count}`
        : `${name}{${label}="${escapeLabel(value)}"} ${count}`,
    );
  all.push({ name, help, type: 'counter', lines });
  return {
    add(amount, value = '') {
      if (counts.size >= labelLimit && !counts.has(value)) return;
      counts.set(value, (counts.get(value) ?? 0) + amount);
    },
  };
}

function addHistogram(all: Series[], name: string, help: string): SecondsHistogram {
  const byLabel = new Map<string, { buckets: number[]; count: number; sum: number }>();
  const lines = () =>
    [...byLabel].flatMap(([label, { buckets, count, sum }]) => {
      const route = `route="${escapeLabel(label)}"`;
      const bucketLines = bucketBounds.map(
        (bound, at) => `${name}_bucket{${route},le="${bound}"} ${buckets[at] ?? 0}`,
      );
      bucketLines.push(`${name}_bucket{${route},le="+Inf"} ${count}`);
      return [...bucketLines, `${name}_sum{${route}} ${sum}`, `${name}_count{${route}} ${count}`];
    });
  all.push({ name, help, type: 'histogram', lines });
  return {
    observe(seconds, label) {
      let found = byLabel.get(label);
      if (found === undefined) {
        if (byLabel.size >= labelLimit) return;
        found = { buckets: bucketBounds.map(() => 0), count: 0, sum: 0 };
        byLabel.set(label, found);
      }
      found.count += 1;
      found.sum += seconds;
      for (let at = bucketBounds.length - 1; at >= 0; at -= 1) {
        if (seconds > (bucketBounds[at] ?? 0)) break;
        found.buckets[at] = (found.buckets[at] ?? 0) + 1;
      }
    },
  };
}

function renderSeries({ name, help, type, lines }: Series): string {
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines().join('\n')}\n`;
}

function escapeLabel(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
