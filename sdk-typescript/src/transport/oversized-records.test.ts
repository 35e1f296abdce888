import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { startPeer } from '../testing/loopback-peer.ts';
import { openTransport } from '../testing/transport-fixture.ts';

const session = '22222222-2222-4222-8222-222222222222';

describe('Transport.send()', () => {
  test('sends an event over 1 MiB without its long content, and drops nothing (E7)', async () => {
    const peer = await startPeer();
    const { transport, events, warnings } = openTransport(peer.url);
    events(session, 1, 1_100_000);
    expect(await transport.flush(3)).toBe(true);
    expect(peer.taken.map(({ kind }) => kind)).toEqual(['event']);
    expect(peer.taken[0]?.['truncated']).toMatchObject([{ path: 'data' }]);
    expect(JSON.stringify(peer.taken[0]).length).toBeLessThan(1000);
    expect(warnings).toEqual([]);
  });

  test('drops what is over 1 MiB, and counts it (D1)', async () => {
    const peer = await startPeer();
    const { transport, warnings } = openTransport(peer.url);
    const ledger = transport.ledgerOf(session);
    ledger.lastSeq += 1;
    ledger.isTold = false;
    transport.send({
      kind: 'event',
      session_id: session,
      event_id: randomUUID(),
      type: 'log',
      name: 'x'.repeat(1_100_000),
      started_at: new Date(0).toISOString(),
      sender: transport.sender,
      seq: 1,
      data: {},
    });
    await transport.flush(3);
    expect(peer.taken).toEqual([
      {
        kind: 'sender.close',
        session_id: session,
        sender: transport.sender,
        last_seq: 1,
        dropped: { too_large: 1 },
      },
    ]);
    expect(warnings).toEqual(['too_large: A event record over 1 MiB was dropped and counted.']);
  });
});
