import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { openServer, type TestServer } from '../testing/open-server.ts';
import { openStream } from '../testing/open-stream.ts';
import { iso, senderId, start, tool } from '../testing/records.ts';

vi.setConfig({ testTimeout: 60_000 });

let server: TestServer;

beforeAll(async () => {
  server = await openServer();
});
afterAll(() => server.close());

const ingest = (records: readonly object[], more: object = {}) =>
  server.ask('POST', '/api/v1/ingest', { body: { records, ...more } });

/** Every sample of a scrape by its name with labels. */
async function scrape(): Promise<ReadonlyMap<string, number>> {
  const { text } = await server.ask('GET', '/metrics');
  const samples = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    samples.map((line) => {
      const at = line.lastIndexOf(' ');
      return [line.slice(0, at), Number(line.slice(at + 1))] as const;
    }),
  );
}

/** By how much samples grew while something was done; absent ones count as 0. */
async function growth(names: readonly string[], work: () => Promise<unknown>) {
  const before = await scrape();
  await work();
  const after = await scrape();
  const grown = (name: string) => (after.get(name) ?? 0) - (before.get(name) ?? 0);
  return Object.fromEntries(names.map((name) => [name, grown(name)]));
}

const opened = (number: number) => start(number, { started_at: iso(Date.now()) });

describe('/metrics', () => {
  test('counts what was carried out, by outcome, with its commits and acknowledgements', async () => {
    const names = [
      'niitaka_ingest_records_total{outcome="accepted"}',
      'niitaka_ingest_records_total{outcome="duplicate"}',
      'niitaka_ingest_records_total{outcome="rejected"}',
      'niitaka_ingest_ack_seconds_count',
      'niitaka_ingest_ack_seconds_bucket{le="+Inf"}',
      'niitaka_commit_records_sum',
      'niitaka_commit_records_count',
      'niitaka_commit_records_bucket{le="2"}',
      'niitaka_commit_records_bucket{le="5"}',
      'niitaka_engine_errors_total{part="write"}',
    ];
    const grown = await growth(names, async () => {
      await ingest([opened(1), tool(1, 1), tool(1, 2), tool(404, 1)]);
      await ingest([tool(1, 1), tool(1, 3)]);
    });
    expect(grown).toEqual({
      'niitaka_ingest_records_total{outcome="accepted"}': 4,
      'niitaka_ingest_records_total{outcome="duplicate"}': 1,
      'niitaka_ingest_records_total{outcome="rejected"}': 1,
      niitaka_ingest_ack_seconds_count: 2,
      'niitaka_ingest_ack_seconds_bucket{le="+Inf"}': 2,
      niitaka_commit_records_sum: 6,
      niitaka_commit_records_count: 2,
      'niitaka_commit_records_bucket{le="2"}': 1,
      'niitaka_commit_records_bucket{le="5"}': 2,
      'niitaka_engine_errors_total{part="write"}': 0,
    });
  });

  test('an acknowledgement takes as long as its caller waited, at most', async () => {
    const before = await scrape();
    const sentAt = performance.now();
    await ingest([opened(2)]);
    const waited = (performance.now() - sentAt) / 1000;
    const after = await scrape();
    const took = (name: string) => (after.get(name) ?? 0) - (before.get(name) ?? 0);
    expect(took('niitaka_ingest_ack_seconds_sum')).toBeGreaterThan(0);
    expect(took('niitaka_ingest_ack_seconds_sum')).toBeLessThan(waited);
    expect(took('niitaka_commit_seconds_sum')).toBeGreaterThan(0);
    expect(took('niitaka_commit_seconds_sum')).toBeLessThan(waited);
  });

  test('tells streams that are open, that came back, and that had to read anew', async () => {
    const names = [
      'niitaka_streams',
      'niitaka_stream_returns_total{how="resumed"}',
      'niitaka_stream_returns_total{how="reset"}',
    ];
    const key = { 'x-api-key': server.key };
    const first = await openStream(server.url, key);
    const id = (await first.until(({ event }) => event === 'hello')).id ?? '';
    first.close();
    await expect.poll(async () => (await scrape()).get('niitaka_streams')).toBe(0);
    const streams: { close(): void }[] = [];
    const grown = await growth(names, async () => {
      for (const lastId of [id, id, 'nonsense']) {
        const stream = await openStream(server.url, { ...key, 'last-event-id': lastId });
        streams.push(stream);
        await stream.until(({ event }) => event === (lastId === id ? 'hello' : 'reset'));
      }
      await pause(100);
    });
    for (const stream of streams) stream.close();
    expect(grown).toEqual({
      niitaka_streams: 3,
      'niitaka_stream_returns_total{how="resumed"}': 2,
      'niitaka_stream_returns_total{how="reset"}': 1,
    });
  });

  test('tells the state of the storage: size, queue, and when it was swept (S3)', async () => {
    await expect
      .poll(async () => (await scrape()).get('niitaka_storage_bytes') ?? 0)
      .toBeGreaterThan(8_192);
    const figures = await scrape();
    expect(figures.get('niitaka_storage_up')).toBe(1);
    expect(figures.get('niitaka_ingest_queued_batches')).toBe(0);
    expect(figures.get('niitaka_ingest_queued_bytes')).toBe(0);
    expect(figures.get('niitaka_ingest_queue_age_seconds')).toBe(0);
    expect(figures.has('niitaka_storage_log_bytes')).toBe(server.databaseUrl === null);
    // Swept every 5 s, and read at most 5 s ago.
    expect(figures.get('niitaka_sweep_lag_seconds')).toBeLessThan(15);
  });
});

describe('GET /health', () => {
  test('tells the same, and what SDKs of this organisation lost, by reason (D1, O1)', async () => {
    await ingest([opened(3)], {
      sdk: {
        name: 'test',
        version: '1',
        language: 'typescript',
        instance_id: senderId(1),
        dropped: { disk_full: 7, queue_full: 2 },
      },
    });
    const { json } = await server.ask('GET', '/api/v1/health');
    expect(json).toMatchObject({
      storage: {
        engine: server.databaseUrl === null ? 'sqlite' : 'postgres',
        ok: true,
        queued_batches: 0,
        queue_age_ms: 0,
        errors: 0,
      },
      ingest: { refused_batches: 0 },
      lost_by_senders: { disk_full: 7, queue_full: 2 },
    });
    const { records_per_second, ack_p50_ms, ack_p99_ms, records_per_commit } = json.ingest;
    expect(records_per_second).toBeGreaterThan(0);
    expect(records_per_commit).toBeGreaterThanOrEqual(1);
    expect(ack_p99_ms).toBeGreaterThanOrEqual(ack_p50_ms);
    expect(json.sweep.lag_ms).toBeLessThan(15_000);
    // The state of all organisations is read anew every 5 s.
    const lost = async (reason: string) =>
      (await scrape()).get(`niitaka_lost_records{reason="${reason}"}`);
    await expect.poll(() => lost('disk_full'), { timeout: 10_000, interval: 500 }).toBe(7);
    expect(await lost('queue_full')).toBe(2);
  });
});
