import { expect, test } from 'vitest';
import { openMetrics } from './metrics.ts';

test('openMetrics() renders counters, gauges and cumulative histograms as Prometheus text', () => {
  const metrics = openMetrics();
  metrics.requests.add(1, '200');
  metrics.requests.add(2, '200');
  metrics.requestSeconds.observe(0.004, 'GET /api/v1/sessions');
  metrics.requestSeconds.observe(20, 'GET /api/v1/sessions');
  metrics.gauge('niitaka_streams', 'Open live streams', () => 3);
  metrics.gauge('niitaka_unknown', 'Not known', () => null);
  metrics.gauges({ name: 'niitaka_lost', help: 'Lost', label: 'reason' }, () => ({ crashed: 4 }));
  metrics.commitRecords.observe(100);
  const lines = metrics.render().split('\n');
  expect(lines.some((line) => line.startsWith('niitaka_unknown'))).toBe(false);
  expect(metrics.requests.total()).toBe(3);
  metrics.close();
  const route = 'route="GET /api/v1/sessions"';
  for (const line of [
    '# TYPE niitaka_http_requests_total counter',
    'niitaka_http_requests_total{status="200"} 3',
    'niitaka_ingest_bytes_total 0',
    'niitaka_streams 3',
    `niitaka_http_request_seconds_bucket{${route},le="0.0025"} 0`,
    `niitaka_http_request_seconds_bucket{${route},le="0.005"} 1`,
    `niitaka_http_request_seconds_bucket{${route},le="10"} 1`,
    `niitaka_http_request_seconds_bucket{${route},le="+Inf"} 2`,
    `niitaka_http_request_seconds_sum{${route}} 20.004`,
    `niitaka_http_request_seconds_count{${route}} 2`,
    'niitaka_commit_records_bucket{le="100"} 1',
    'niitaka_commit_records_count 1',
    'niitaka_lost{reason="crashed"} 4',
    '# TYPE niitaka_unknown gauge',
  ]) {
    expect(lines).toContain(line);
  }
});

test('openMetrics() escapes what stands in a label', () => {
  const metrics = openMetrics();
  metrics.requests.add(1, 'a"b\\c\nd');
  expect(metrics.render()).toContain('{status="a\\"b\\\\c\\nd"} 1');
  metrics.close();
});
