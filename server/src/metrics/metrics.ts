import { monitorEventLoopDelay } from 'node:perf_hooks';
import { openRegistry, type Counter, type Histogram, type Registry } from './series.ts';

/** What the server tells Prometheus about itself. */
export interface Metrics extends Pick<Registry, 'gauge' | 'gauges'> {
  readonly requests: Counter;
  readonly requestSeconds: Histogram;
  readonly ingestBytes: Counter;
  /** By outcome: accepted, duplicate, rejected. */
  readonly ingestRecords: Counter;
  /** From the first byte of a batch to its answer, for those that were taken. */
  readonly ackSeconds: Histogram;
  /** By code: rate_limited where one sender had too much, unavailable where all had. */
  readonly refusedForLoad: Counter;
  readonly commitRecords: Histogram;
  readonly commitSeconds: Histogram;
  /** By what failed: write, read, stream, job. */
  readonly engineErrors: Counter;
  readonly streamMessages: Counter;
  readonly streamBytes: Counter;
  readonly slowStreams: Counter;
  /** By how a client came back: resumed, reset. */
  readonly streamReturns: Counter;
  /** The text of `/metrics`. */
  render(): string;
  close(): void;
}

const requestBounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];
// An acknowledgement takes a few milliseconds: finer there, so that a p99 says something.
const ackBounds = [
  0.001, 0.002, 0.003, 0.005, 0.0075, 0.01, 0.015, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.25, 0.5, 1,
  2.5, 10,
];
const recordBounds = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000];

/** Opens the metrics of one server. */
export function openMetrics(): Metrics {
  const registry = openRegistry();
  const { counter, histogram, gauge, gauges, render } = registry;
  const loopDelay = monitorEventLoopDelay({ resolution: 10 });
  loopDelay.enable();
  processGauges(gauge);
  gauge('niitaka_event_loop_delay_p99_seconds', 'Event-loop delay since the last reading', () => {
    const seconds = loopDelay.percentile(99) / 1e9;
    loopDelay.reset();
    return seconds;
  });
  const count = (name: string, help: string, label?: string) =>
    counter({ name, help, ...(label === undefined ? {} : { label }) });
  return {
    requests: count('niitaka_http_requests_total', 'Requests answered, by status', 'status'),
    requestSeconds: histogram(
      { name: 'niitaka_http_request_seconds', help: 'Time to answer, by route', label: 'route' },
      requestBounds,
    ),
    ...ingestSeries(registry),
    refusedForLoad: count('niitaka_ingest_refused_total', 'Batches refused for load', 'code'),
    engineErrors: count('niitaka_engine_errors_total', 'Failures of the storage', 'part'),
    streamMessages: count('niitaka_stream_messages_total', 'Live messages sent'),
    streamBytes: count('niitaka_stream_bytes_total', 'Bytes of live messages sent'),
    slowStreams: count('niitaka_slow_streams_total', 'Streams closed for reading too slowly'),
    streamReturns: count('niitaka_stream_returns_total', 'Streams that came back, by how', 'how'),
    gauge,
    gauges,
    render,
    close: () => loopDelay.disable(),
  };
}

function ingestSeries({ counter, histogram }: Registry) {
  return {
    ingestBytes: counter({
      name: 'niitaka_ingest_bytes_total',
      help: 'Bytes of batches, after decompression',
    }),
    ingestRecords: counter({
      name: 'niitaka_ingest_records_total',
      help: 'Records carried out, by outcome',
      label: 'outcome',
    }),
    ackSeconds: histogram(
      { name: 'niitaka_ingest_ack_seconds', help: 'From the first byte of a batch to its answer' },
      ackBounds,
    ),
    commitRecords: histogram(
      { name: 'niitaka_commit_records', help: 'Records in one transaction' },
      recordBounds,
    ),
    commitSeconds: histogram(
      { name: 'niitaka_commit_seconds', help: 'Time of one transaction with batches' },
      ackBounds,
    ),
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
