import { mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { frameRecord, scanFrames } from '../spool/segment-file.ts';
import { parseSegmentName } from '../spool/segment-name.ts';
import { spoolFolder } from '../spool/spool-folder.ts';
import { startPeer, type LoopbackPeer } from '../testing/loopback-peer.ts';
import { startAgent } from '../testing/run-agent.ts';
import { segmentsUnder, tempFolder } from '../testing/temp-folder.ts';

vi.setConfig({ testTimeout: 90_000 });

const waiting = { timeout: 40_000, interval: 10 };
const apiKey = 'nk_test_agent_0123456789';

const eventsOf = (peer: LoopbackPeer) => peer.taken.filter(({ kind }) => kind === 'event');
const seqsOf = (peer: LoopbackPeer) => new Set(eventsOf(peer).map(({ seq }) => seq));
const range = (count: number) => new Set(Array.from({ length: count }, (_, at) => at + 1));

/** A port where nobody listens. */
async function closedUrl(): Promise<string> {
  const peer = await startPeer();
  await peer.close();
  return peer.url;
}

function spooled(state: string): string[] {
  return segmentsUnder(state).flatMap((name) =>
    scanFrames(readFileSync(join(state, name))).bodies.map(String),
  );
}

describe('a process that ends', () => {
  test('delivers all at its natural end, and is not kept alive', async () => {
    const [peer, state] = [await startPeer(), tempFolder()];
    const end = await startAgent(['finish', '250'], { url: peer.url, state }).ended;
    expect(end).toMatchObject({ code: 0, stderr: '', stdout: '' });
    expect(seqsOf(peer)).toEqual(range(250));
    expect(peer.taken.at(-1)).toMatchObject({ kind: 'session.end', last_seq: 250 });
    expect(segmentsUnder(state)).toEqual([]);
  });

  test('delivers all on process.exit, and ends its session', async () => {
    const [peer, state] = [await startPeer(), tempFolder()];
    const end = await startAgent(['exit', '20'], { url: peer.url, state }).ended;
    expect(end).toMatchObject({ code: 3, stderr: '' });
    expect(seqsOf(peer)).toEqual(range(20));
    expect(peer.taken.at(-1)).toMatchObject({ kind: 'session.end', last_seq: 20 });
    expect(segmentsUnder(state)).toEqual([]);
  });

  test('records the exception that kills it, and dies of it as before (S2)', async () => {
    const [peer, state] = [await startPeer(), tempFolder()];
    const end = await startAgent(['throw', '2'], { url: peer.url, state }).ended;
    expect(end.code).toBe(1);
    expect(end.stderr).toContain('RangeError: nobody catches this');
    const errors = eventsOf(peer).filter(({ type }) => type === 'error');
    expect(errors.map(({ data }) => (data as { message: string }).message)).toEqual([
      'nobody catches this',
    ]);
    expect(peer.taken.at(-1)).toMatchObject({ kind: 'session.end', last_seq: 3 });
  });

  test('ends a session that nobody ended', async () => {
    const [peer, state] = [await startPeer(), tempFolder()];
    expect((await startAgent(['forget', '2'], { url: peer.url, state }).ended).code).toBe(0);
    expect(peer.taken.at(-1)).toMatchObject({ kind: 'session.end', last_seq: 2 });
  });

  test.each(['finish', 'exit', 'forget'])(
    'exits soon with the server down (%s)',
    async (program) => {
      const [url, state] = [await closedUrl(), tempFolder()];
      const end = await startAgent([program, '5'], { url, state }).ended;
      expect(end.code).toBe(program === 'exit' ? 3 : 0);
      expect(end.tookMs).toBeLessThan(20_000);
      expect(spooled(state).length).toBe(7);
      expect(end.stderr.match(/NiitakaWarning/g)?.length ?? 0).toBeLessThanOrEqual(1);
    },
  );

  test('waits at most its budget for a silent server', async () => {
    const [peer, state] = [await startPeer(() => 'hang'), tempFolder()];
    const env = { AGENT_EXIT_SECONDS: '2' };
    const end = await startAgent(['finish', '5'], { url: peer.url, state, env }).ended;
    expect(end.code).toBe(0);
    expect(end.tookMs).toBeGreaterThan(1900);
    expect(end.tookMs).toBeLessThan(20_000);
    expect(spooled(state).length).toBe(7);
  });

  test('says nothing and records nothing without a key but one warning', async () => {
    const [peer, state] = [await startPeer(), tempFolder()];
    const env = { NIITAKA_API_KEY: '' };
    const end = await startAgent(['finish', '5'], { url: peer.url, state, env }).ended;
    expect(end.code).toBe(0);
    expect(end.stderr).toContain(
      '[NIITAKA_NO_KEY] NiitakaWarning: No API key: nothing is recorded.',
    );
    expect(peer.requests).toEqual([]);
    const off = { NIITAKA_DISABLED: '1' };
    const quiet = await startAgent(['finish', '5'], { url: peer.url, state, env: off }).ended;
    expect(quiet).toMatchObject({ code: 0, stderr: '' });
    expect(peer.requests).toEqual([]);
  });

  test('goes on without us where the environment is broken', async () => {
    const state = tempFolder();
    const end = await startAgent(['finish', '5'], { url: 'not an address', state }).ended;
    expect(end.code).toBe(0);
    expect(end.stderr).toContain('NIITAKA_URL must be an http or https address');
  });
});

describe('a process that is killed', () => {
  test.each(['SIGKILL', 'SIGTERM'] as const)('by %s loses no event', async (signal) => {
    const [url, state] = [await closedUrl(), tempFolder()];
    const agent = startAgent(['wait', '30'], { url, state });
    await vi.waitFor(() => expect(agent.output()).toContain('emitted 30'), waiting);
    agent.child.kill(signal);
    expect((await agent.ended).signal).toBe(signal);
    const port = Number(new URL(url).port);
    const peer = await startPeer(() => null, port);
    const end = await startAgent(['drain'], { url, state }).ended;
    expect(end.stdout).toBe('flushed true\n');
    const killed = eventsOf(peer);
    expect(seqsOf(peer)).toEqual(range(30));
    expect(segmentsUnder(state)).toEqual([]);
    const close = peer.taken.find(({ kind }) => kind === 'sender.close');
    expect(close).toMatchObject({ sender: killed[0]?.['sender'], last_seq: 30, dropped: {} });
    const ends = peer.taken.filter(({ kind }) => kind === 'session.end');
    expect(ends.some(({ session_id }) => session_id === killed[0]?.['session_id'])).toBe(false);
  });

  test('at any moment loses no event whose call had returned', async () => {
    const state = tempFolder();
    const peer = await startPeer();
    const told: string[] = [];
    for (let round = 0; round < 3; round += 1) {
      const agent = startAgent(['stream'], { url: peer.url, state });
      const enough = 20 + 60 * round;
      await vi.waitFor(
        () => expect(agent.output().split('\n').length).toBeGreaterThan(enough),
        waiting,
      );
      agent.child.kill('SIGKILL');
      const { stdout } = await agent.ended;
      told.push(...stdout.split('\n').slice(0, -1));
    }
    await startAgent(['drain'], { url: peer.url, state }).ended;
    const taken = new Set(
      eventsOf(peer).map(({ session_id, seq }) => `${String(session_id)} ${String(seq)}`),
    );
    expect(told.filter((line) => !taken.has(line))).toEqual([]);
    expect(segmentsUnder(state)).toEqual([]);
  });

  test('is not robbed while it is only frozen', async () => {
    const state = tempFolder();
    const peer = await startPeer();
    const agent = startAgent(['stream'], { url: peer.url, state });
    await vi.waitFor(() => expect(eventsOf(peer).length).toBeGreaterThan(5), waiting);
    agent.child.kill('SIGSTOP');
    const end = await startAgent(['drain'], { url: peer.url, state }).ended;
    expect(end.stdout).toBe('flushed true\n');
    const before = eventsOf(peer).length;
    agent.child.kill('SIGCONT');
    await vi.waitFor(() => expect(eventsOf(peer).length).toBeGreaterThan(before + 20), waiting);
    const seqs = eventsOf(peer).map(({ seq }) => Number(seq));
    expect(seqs).toEqual(seqs.map((_, at) => at + 1));
  });
});

describe('adoption', () => {
  const session = '22222222-2222-4222-8222-222222222222';
  const sender = '33333333-3333-4333-8333-333333333333';
  const record = (seq: number) => ({
    kind: 'event',
    session_id: session,
    event_id: `44444444-4444-4444-8444-44444444444${seq}`,
    sender,
    seq,
    type: 'log',
    started_at: '2026-01-01T00:00:00.000Z',
    ended_at: '2026-01-01T00:00:00.000Z',
    data: { message: `by hand ${seq}` },
  });

  test('brings home a segment that was written by hand in the format', async () => {
    const [peer, state] = [await startPeer(), tempFolder()];
    const folder = spoolFolder(join(state, 'niitaka/spool/v1'), peer.url, apiKey);
    mkdirSync(folder, { recursive: true });
    const body = Buffer.from(JSON.stringify(record(1)));
    const header = Buffer.alloc(8);
    header.writeUInt32LE(body.length, 0);
    header.writeUInt32LE(crc32(body), 4);
    const torn = frameRecord(JSON.stringify(record(2))).subarray(0, 40);
    const name =
      'ffffffffffffffffffffffffffffffff_0_1_1_0_55555555-5555-4555-8555-555555555555.seg';
    writeFileSync(join(folder, name), Buffer.concat([header, body, torn]));
    utimesSync(join(folder, name), 1, 1);
    const end = await startAgent(['drain'], { url: peer.url, state }).ended;
    expect(end.stdout).toBe('flushed true\n');
    expect(eventsOf(peer)).toEqual([record(1)]);
    expect(peer.taken.find(({ kind }) => kind === 'sender.close')).toEqual({
      kind: 'sender.close',
      session_id: session,
      sender,
      last_seq: 1,
      dropped: {},
    });
    expect(readdirSync(folder)).toEqual([]);
  });

  test('leaves the spool of another key alone', async () => {
    const [peer, state] = [await startPeer(), tempFolder()];
    const folder = spoolFolder(join(state, 'niitaka/spool/v1'), peer.url, 'nk_other');
    mkdirSync(folder, { recursive: true });
    const name = '0_0_1_1_0_55555555-5555-4555-8555-555555555555.seg';
    writeFileSync(join(folder, name), frameRecord(JSON.stringify(record(1))));
    await startAgent(['drain'], { url: peer.url, state }).ended;
    expect(eventsOf(peer)).toEqual([]);
    expect(readdirSync(folder)).toEqual([name]);
  });

  test('by two processes at once sends each record, and closes once per adopter', async () => {
    const [peer, state] = [await startPeer(), tempFolder()];
    const folder = spoolFolder(join(state, 'niitaka/spool/v1'), peer.url, apiKey);
    mkdirSync(folder, { recursive: true });
    for (const seq of [1, 2, 3, 4, 5, 6]) {
      const name = `0_0_1_1_0_5555555${seq}-5555-4555-8555-555555555555.seg`;
      writeFileSync(join(folder, name), frameRecord(JSON.stringify(record(seq))));
      utimesSync(join(folder, name), seq, seq);
    }
    const agents = [1, 2].map(() => startAgent(['drain'], { url: peer.url, state }).ended);
    const ends = await Promise.all(agents);
    expect(ends.map(({ stdout }) => stdout)).toEqual(['flushed true\n', 'flushed true\n']);
    const seqs = eventsOf(peer).map(({ seq }) => Number(seq));
    expect(seqs.sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(readdirSync(folder)).toEqual([]);
  });
});

const withheld = [1, 2, 3].map(() => '[withheld: call configure({ redact }) in this worker]');

describe('worker threads', () => {
  test('have a sender and segments of their own, in the session that they join', async () => {
    const [url, state] = [await closedUrl(), tempFolder()];
    const end = await startAgent(['workers', '2'], { url, state }).ended;
    expect(end.code).toBe(0);
    const records = spooled(state).map((body) => JSON.parse(body) as Record<string, unknown>);
    const events = records.filter(({ kind }) => kind === 'event');
    expect(events.length).toBe(6);
    expect(new Set(events.map(({ session_id }) => session_id)).size).toBe(1);
    expect(new Set(events.map(({ sender }) => sender)).size).toBe(2);
    const children = records.filter(({ goal }) => goal === 'in the worker');
    expect(children.map((child) => child['parent_session_id'])).toEqual(
      [0, 1].map(() => events[0]?.['session_id']),
    );
    const closes = records.filter(({ kind }) => kind === 'sender.close');
    expect(closes.map(({ last_seq }) => last_seq)).toEqual([3, 3]);
    const threads = segmentsUnder(state).map(
      (name) => parseSegmentName(name.split('/').at(-1) ?? '')?.thread,
    );
    expect(new Set(threads)).toEqual(new Set([0, 1, 2]));
  });

  test.each([
    ['and what they say', '0', ['1', '2', '3']],
    ['but nothing passes where only the parent can redact', '1', withheld],
  ])('inherit what configure() was told, %s', async (_name, redacts, messages) => {
    const [peer, state] = [await startPeer(), tempFolder()];
    const env = { AGENT_URL: peer.url, NIITAKA_API_KEY: '' };
    const end = await startAgent(['inherit', redacts], { url: '', state, env }).ended;
    expect(end).toMatchObject({ code: 0, stderr: '' });
    const said = eventsOf(peer).map(({ data }) => (data as { message: string }).message);
    expect(said).toEqual(messages);
    const environments = peer.taken.filter(({ kind }) => kind === 'session.start');
    expect(environments.map(({ environment }) => environment)).toEqual(['inherited', 'inherited']);
    const keys = peer.requests.map(({ headers }) => headers['x-api-key']);
    expect(new Set(keys)).toEqual(new Set(['nk_by_argument_0123456789']));
  });

  test('deliver what they have when they end', async () => {
    const [peer, state] = [await startPeer(), tempFolder()];
    await startAgent(['workers', '2'], { url: peer.url, state }).ended;
    expect(eventsOf(peer).length).toBe(6);
    expect(segmentsUnder(state)).toEqual([]);
  });
});

/** CRC-32 by its definition, so that the format is not checked against itself. */
function crc32(bytes: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}
