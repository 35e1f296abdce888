import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import { accepted, startPeer, type PeerRequest } from '../testing/loopback-peer.ts';
import { segmentsUnder, tempFolder } from '../testing/temp-folder.ts';
import { openTransport } from '../testing/transport-fixture.ts';

const session = '22222222-2222-4222-8222-222222222222';
const other = '33333333-3333-4333-8333-333333333333';

const kindsOf = (records: readonly { readonly kind: string }[]) => records.map(({ kind }) => kind);
const seqsOf = (records: readonly Readonly<Record<string, unknown>>[]) =>
  records.map((record) => record['seq']).filter((seq) => seq !== undefined);
const reject = (request: PeerRequest, index: number, code: string, retryable: boolean) =>
  accepted(request, [{ index, code, message: `it is ${code}`, retryable }]);

describe('Transport.send()', () => {
  test('sends one batch after a second, with who it is and when', async () => {
    const peer = await startPeer();
    const { transport, start, events } = openTransport(peer.url);
    start(session);
    events(session, 3);
    await vi.waitFor(() => expect(peer.requests.length).toBe(1), 3000);
    const [request] = peer.requests;
    expect(kindsOf(request?.records ?? [])).toEqual(['session.start', 'event', 'event', 'event']);
    expect(request?.sdk).toEqual({
      name: 'niitaka',
      version: '0.1.0',
      language: 'typescript',
      instance_id: transport.sender,
    });
    expect(Date.now() - Date.parse(request?.sentAt ?? '')).toBeLessThan(3000);
    expect(request?.headers['x-api-key']).toBe('nk_test_secret_0123456789');
    await vi.waitFor(() => expect(transport.isSettled).toBe(true));
  });

  test('sends at 100 records without waiting', async () => {
    const peer = await startPeer();
    const { transport, events } = openTransport(peer.url);
    events(session, 100);
    await vi.waitFor(() => expect(peer.taken.length).toBe(100), { timeout: 900, interval: 5 });
    await vi.waitFor(() => expect(transport.isSettled).toBe(true));
  });

  test('sends at 256 KiB without waiting', async () => {
    const peer = await startPeer();
    openTransport(peer.url).events(session, 9, 30_000);
    await vi.waitFor(() => expect(peer.taken.length).toBe(9), { timeout: 900, interval: 5 });
  });

  test('compresses over 1 KiB, and not below', async () => {
    const peer = await startPeer();
    const { transport, events } = openTransport(peer.url);
    events(session, 1);
    await transport.flush(3);
    events(session, 1, 2000);
    await transport.flush(3);
    const encodings = peer.requests.map(({ headers }) => headers['content-encoding']);
    expect(encodings).toEqual([undefined, 'gzip']);
  });

  test('keeps one connection, one batch in flight, and the order', async () => {
    let inFlight = 0;
    const peer = await startPeer(() => {
      inFlight += 1;
      return null;
    });
    const { transport, events } = openTransport(peer.url);
    for (let round = 0; round < 5; round += 1) {
      events(session, 300);
      await transport.flush(5);
    }
    expect(inFlight).toBe(peer.requests.length);
    expect(seqsOf(peer.taken)).toEqual(Array.from({ length: 1500 }, (_, at) => at + 1));
    expect(new Set(peer.requests.map(({ headers }) => headers.connection))).toEqual(
      new Set(['keep-alive']),
    );
  });
});

describe('Transport and a failing server', () => {
  test('repeats until it is taken, once each, and warns once', async () => {
    const peer = await startPeer((_request, count) => (count <= 2 ? { status: 503 } : null));
    const { transport, events, warnings } = openTransport(peer.url);
    events(session, 5);
    expect(await transport.flush(8)).toBe(true);
    expect(peer.requests.length).toBe(3);
    expect(seqsOf(peer.taken)).toEqual([1, 2, 3, 4, 5]);
    expect(new Set(warnings)).toEqual(
      new Set([
        `unreachable: Cannot reach ${peer.url}: the server answered 503. Events are kept in memory and sent later.`,
      ]),
    );
  });

  test('survives connections that are cut and answers that never come', async () => {
    const peer = await startPeer(
      (_request, count) => (['cut', 'hang'] as const)[count - 1] ?? null,
    );
    const { transport, events } = openTransport(peer.url, { attemptTimeoutMs: 200 });
    events(session, 5);
    expect(await transport.flush(8)).toBe(true);
    expect(seqsOf(peer.taken)).toEqual([1, 2, 3, 4, 5]);
  });

  test('stamps sent_at anew at every attempt (S3)', async () => {
    const peer = await startPeer((_request, count) => (count === 1 ? { status: 500 } : null));
    const { transport, events } = openTransport(peer.url);
    events(session, 1);
    await transport.flush(5);
    const [first, second] = peer.requests.map(({ sentAt }) => Date.parse(sentAt));
    expect(second).toBeGreaterThan(first ?? Infinity);
  });

  test('halves a batch that is refused whole, and counts the bad record (D1)', async () => {
    const isBad = ({ records }: PeerRequest) => records.some((record) => record['seq'] === 3);
    const peer = await startPeer((request) => (isBad(request) ? { status: 413 } : null));
    const { transport, events } = openTransport(peer.url);
    events(session, 8);
    expect(await transport.flush(5)).toBe(true);
    expect(seqsOf(peer.taken)).toEqual([1, 2, 4, 5, 6, 7, 8]);
    expect(peer.taken.at(-1)).toMatchObject({
      kind: 'sender.close',
      last_seq: 8,
      dropped: { refused: 1 },
    });
  });

  test('pauses on a bad key, and names its prefix alone', async () => {
    const peer = await startPeer(() => ({ status: 401 }));
    const { transport, events, warnings } = openTransport(peer.url);
    events(session, 1);
    expect(await transport.flush(0.4)).toBe(false);
    expect(peer.requests.length).toBe(1);
    expect(warnings).toEqual([
      `paused_401: ${peer.url} does not take events with key nk_test_sec…: the server answered 401. They are kept in memory.`,
    ]);
  });

  test('tries a paused key at once when it is asked to flush', async () => {
    const peer = await startPeer((_request, count) => (count === 1 ? { status: 403 } : null));
    const { transport, events } = openTransport(peer.url);
    events(session, 1);
    expect(await transport.flush(0.3)).toBe(false);
    expect(await transport.flush(2)).toBe(true);
  });

  test('takes no other program for a server', async () => {
    const peer = await startPeer(() => ({ status: 200, body: '<html>It works!</html>' }));
    const { transport, events, warnings } = openTransport(peer.url);
    events(session, 1);
    expect(await transport.flush(0.3)).toBe(false);
    expect(warnings[0]).toContain('the answer is not one of a Niitaka server');
  });
});

describe('Transport and what must not happen', () => {
  test('a fault inside is told, and reaches nobody', async () => {
    const peer = await startPeer();
    const { transport, events, warnings } = openTransport(peer.url, {
      beforeTake: () => {
        throw new Error('impossible');
      },
    });
    expect(() => events(session, 1)).not.toThrow();
    await transport.flush(0.2).catch(() => {});
    await vi.waitFor(
      () => expect(warnings[0]).toMatch(/^fault: A fault .*: Error: impossible/),
      3000,
    );
  });

  test('an idle connection that the server closes is no failure', async () => {
    const peer = await startPeer();
    const { transport, events, warnings } = openTransport(peer.url);
    for (let round = 0; round < 3; round += 1) {
      events(session, 1);
      await transport.flush(3);
      peer.dropConnections();
    }
    expect(seqsOf(peer.taken)).toEqual([1, 2, 3]);
    expect(warnings).toEqual([]);
  });
});

describe('Transport and refused records', () => {
  test('forgets what is refused for good, and warns by code (E5)', async () => {
    const peer = await startPeer((request) => reject(request, 0, 'invalid', false));
    const { transport, events, warnings } = openTransport(peer.url);
    events(session, 2);
    expect(await transport.flush(3)).toBe(true);
    expect(peer.requests.length).toBe(1);
    expect(warnings).toEqual([
      'rejected_invalid: The server refused a record (invalid): it is invalid',
    ]);
  });

  test('tries an unknown session again without holding up others', async () => {
    const peer = await startPeer((request, count) =>
      count === 1 ? reject(request, 0, 'session_not_found', true) : null,
    );
    const { transport, events } = openTransport(peer.url);
    events(session, 1);
    await transport.flush(0.3);
    events(other, 2);
    expect(await transport.flush(4)).toBe(true);
    const sent = peer.requests.map(({ records }) => records.map(({ session_id }) => session_id));
    expect(sent).toEqual([[session], [other, other], [session]]);
  });

  test('sends no more of a session whose start was refused, and counts it for the process', async () => {
    const peer = await startPeer((request, count) =>
      count === 1 ? reject(request, 0, 'conflict', false) : null,
    );
    const { transport, start, events } = openTransport(peer.url);
    start(session);
    await transport.flush(3);
    events(session, 3);
    await transport.flush(3);
    events(other, 1);
    expect(await transport.flush(3)).toBe(true);
    expect(seqsOf(peer.taken)).toEqual([1]);
    expect(peer.requests.at(-1)?.sdk['dropped']).toEqual({ start_refused: 3 });
  });

  test('counts records that wait in vain for their refused start', async () => {
    const peer = await startPeer((request) =>
      request.records[0]?.kind === 'session.start'
        ? accepted(request, [
            { index: 0, code: 'invalid', message: 'no', retryable: false },
            { index: 1, code: 'session_not_found', message: 'no', retryable: true },
          ])
        : null,
    );
    const { transport, start, events } = openTransport(peer.url);
    start(session);
    events(session, 1);
    expect(await transport.flush(3)).toBe(true);
    events(other, 1);
    await transport.flush(3);
    expect(peer.requests.at(-1)?.sdk['dropped']).toEqual({ start_refused: 1 });
  });
});

describe('Transport and the spool', () => {
  test('deletes what is acknowledged', async () => {
    const folder = tempFolder();
    const peer = await startPeer();
    const { transport, events } = openTransport(peer.url, { spoolFolder: folder });
    events(session, 10);
    expect(segmentsUnder(folder).length).toBe(1);
    expect(await transport.flush(3)).toBe(true);
    expect(segmentsUnder(folder)).toEqual([]);
  });

  test('bounds an outage, tells what was dropped, and drains the rest in order (D1)', async () => {
    let isDown = true;
    const peer = await startPeer(() => (isDown ? { status: 503 } : null));
    const limits = { segmentBytes: 20_000, diskBytes: 100_000, memoryBytes: 10_000 };
    const { transport, start, events } = openTransport(peer.url, {
      spoolFolder: tempFolder(),
      limits,
    });
    start(session);
    for (let round = 0; round < 10; round += 1) {
      events(session, 100, 50);
      await sleep(1);
    }
    isDown = false;
    expect(await transport.flush(15)).toBe(true);
    const seqs = seqsOf(peer.taken).map(Number);
    expect(seqs).toEqual([...seqs].sort((a, b) => a - b));
    expect(peer.taken.some(({ kind }) => kind === 'session.start')).toBe(true);
    const closes = peer.taken.filter(({ kind }) => kind === 'sender.close');
    const dropped = closes.map(({ dropped }) => (dropped as { spool_full: number }).spool_full);
    expect(seqs.length + Math.max(...dropped)).toBe(1000);
  });

  test('says once that the disk cannot be used, and goes on in memory', async () => {
    const peer = await startPeer();
    const { transport, events, warnings } = openTransport(peer.url, {
      spoolFolder: '/dev/null/spool',
    });
    events(session, 3);
    expect(await transport.flush(3)).toBe(true);
    expect(warnings.length).toBe(1);
    expect(warnings[0]).toMatch(/^spool: Cannot write the spool: ENOTDIR/);
  });
});

describe('Transport heartbeats', () => {
  test('tell every running session in one record, and are not spooled (S3)', async () => {
    vi.useFakeTimers({ toFake: ['performance', 'setInterval', 'clearInterval'] });
    try {
      const folder = tempFolder();
      const peer = await startPeer();
      const { transport } = openTransport(peer.url, { spoolFolder: folder });
      transport.startHeartbeat(session);
      transport.startHeartbeat(other);
      vi.advanceTimersByTime(30_000);
      await vi.waitFor(() => expect(peer.taken.length).toBe(1), 3000);
      expect(peer.taken).toEqual([{ kind: 'session.heartbeat', session_ids: [session, other] }]);
      expect(segmentsUnder(folder)).toEqual([]);
      transport.stopHeartbeat(session);
      vi.advanceTimersByTime(30_000);
      await vi.waitFor(() => expect(peer.taken.length).toBe(2), 3000);
      expect(peer.taken[1]).toEqual({ kind: 'session.heartbeat', session_ids: [other] });
      transport.stopHeartbeat(other);
      vi.advanceTimersByTime(90_000);
      await sleep(50);
      expect(peer.taken.length).toBe(2);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('Transport.totalsOf()', () => {
  test('is what the server said last', async () => {
    const id = randomUUID();
    const totals = { session_id: id, status: 'running', total_cost: 0.25 };
    const peer = await startPeer((request) => {
      const answer = accepted(request);
      return typeof answer === 'object'
        ? { ...answer, body: { ...(answer.body as object), sessions: [totals] } }
        : null;
    });
    const { transport, events } = openTransport(peer.url);
    expect(transport.totalsOf(id)).toBe(null);
    events(id, 1);
    await transport.flush(3);
    expect(transport.totalsOf(id)).toEqual({ status: 'running', totalCost: 0.25 });
  });

  test('comes five times a second while somebody watches', async () => {
    const peer = await startPeer((request) => {
      const answer = accepted(request);
      return typeof answer === 'object'
        ? { ...answer, body: { ...(answer.body as object), control_poll_ms: 2000 } }
        : null;
    });
    const { transport, events } = openTransport(peer.url);
    events(session, 1);
    await transport.flush(3);
    events(session, 1);
    await vi.waitFor(() => expect(peer.requests.length).toBe(2), { timeout: 800, interval: 5 });
  });
});

describe('Transport.close()', () => {
  test('closes the ledgers, and takes nothing more', async () => {
    const peer = await startPeer();
    const { transport, events } = openTransport(peer.url);
    events(session, 2);
    expect(await transport.close(3)).toBe(true);
    expect(peer.taken.at(-1)).toMatchObject({ kind: 'sender.close', last_seq: 2, dropped: {} });
    events(session, 1);
    await sleep(20);
    expect(peer.taken.length).toBe(3);
    expect(await transport.close(1)).toBe(true);
  });
});
