import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { configure, flush, shutdown, startSession, testing } from '../index.ts';
import { startPeer } from '../testing/loopback-peer.ts';
import { segmentsUnder, tempFolder } from '../testing/temp-folder.ts';

const apiKey = 'nk_configured_0123456789';

beforeEach(() => {
  vi.stubEnv('XDG_STATE_HOME', tempFolder());
  vi.stubEnv('NIITAKA_API_KEY', '');
});

afterEach(async () => {
  await shutdown(1);
  vi.unstubAllEnvs();
});

describe('configure()', () => {
  test('refuses bad options at the call', () => {
    expect(() => configure({ apiUrl: 'nowhere' })).toThrow(TypeError);
    expect(() => configure({ exitFlushSeconds: 99 })).toThrow(
      'exitFlushSeconds must be 0 to 60: got 99',
    );
  });

  test('again with the same address and key keeps the sender', async () => {
    const peer = await startPeer();
    configure({ apiKey, apiUrl: peer.url, environment: 'one' });
    await startSession({}, () => {});
    configure({ apiKey, apiUrl: `${peer.url}/`, environment: 'two' });
    await startSession({}, () => {});
    expect(await flush(5)).toBe(true);
    const starts = peer.taken.filter(({ kind }) => kind === 'session.start');
    expect(starts.map(({ environment }) => environment)).toEqual(['one', 'two']);
    expect(new Set(peer.requests.map(({ sdk }) => sdk['instance_id'])).size).toBe(1);
  });

  test('with another address leaves a running session where it is', async () => {
    const [first, second] = [await startPeer(), await startPeer()];
    configure({ apiKey, apiUrl: first.url });
    await startSession({ goal: 'old' }, async (session) => {
      configure({ apiKey, apiUrl: second.url });
      session.event('log');
      await startSession({ goal: 'new' }, () => {});
    });
    expect(await flush(5)).toBe(true);
    expect(first.taken.map(({ kind }) => kind)).toEqual(['session.start', 'event', 'session.end']);
    expect(second.taken.map(({ kind }) => kind)).toEqual(['session.start', 'session.end']);
  });

  test('with spool: false writes nothing to disk', async () => {
    const state = tempFolder();
    vi.stubEnv('XDG_STATE_HOME', state);
    const peer = await startPeer();
    configure({ apiKey, apiUrl: peer.url, spool: false });
    await startSession({}, (session) => {
      session.event('log');
      expect(segmentsUnder(state)).toEqual([]);
    });
    expect(await flush(5)).toBe(true);
    expect(peer.taken.length).toBe(3);
  });

  test('redacts goal, data, message and metadata before anything is stored', async () => {
    const peer = await startPeer();
    const seen: string[] = [];
    const redact = (path: string, value: unknown) => {
      seen.push(path);
      return typeof value === 'string' ? value.replaceAll('secret', '***') : value;
    };
    configure({ apiKey, apiUrl: peer.url, redact });
    await startSession(
      { goal: 'the secret', metadata: { note: 'secret' }, tags: { t: 'secret' } },
      (session) => {
        session.event('log', {
          name: 'secret name',
          data: { message: 'secret', list: ['secret'] },
        });
        session.error(new Error('secret'));
      },
    );
    await flush(5);
    expect(JSON.stringify(peer.taken)).not.toContain('secret');
    expect(peer.taken[0]).toMatchObject({
      goal: 'the ***',
      metadata: { note: '***' },
      tags: { t: '***' },
    });
    const told = ['goal', 'metadata.note', 'tags.t', 'name', 'data.message', 'data.list.0'];
    expect(seen).toEqual(expect.arrayContaining(told));
  });
});

describe('configure() many times', () => {
  test('adds no listener and no connection', async () => {
    const peer = await startPeer();
    configure({ apiKey, apiUrl: peer.url });
    const listeners = ['exit', 'beforeExit', 'uncaughtExceptionMonitor', 'SIGTERM', 'SIGINT'];
    const before = listeners.map((name) => process.listenerCount(name));
    for (let count = 0; count < 100; count += 1) {
      configure({ apiKey, apiUrl: peer.url, environment: `e${count}` });
      await startSession({}, () => {});
    }
    expect(listeners.map((name) => process.listenerCount(name))).toEqual(before);
    expect(await flush(10)).toBe(true);
    expect(peer.taken.length).toBe(200);
  });

  test('installs no signal handler', () => {
    expect(['SIGTERM', 'SIGINT', 'SIGHUP'].map((name) => process.listenerCount(name))).toEqual([
      0, 0, 0,
    ]);
  });
});

describe('shutdown()', () => {
  test('sends what is left, ends what runs, and records no more', async () => {
    const peer = await startPeer();
    configure({ apiKey, apiUrl: peer.url });
    const session = await startSession({ goal: 'open' });
    session.event('log');
    expect(await shutdown(5)).toBe(true);
    expect(peer.taken.map(({ kind }) => kind)).toEqual(['session.start', 'event', 'session.end']);
    session.event('log');
    await startSession({ goal: 'later' }, () => 1);
    expect(await flush(1)).toBe(true);
    expect(peer.taken.length).toBe(3);
    configure({ apiKey, apiUrl: peer.url });
    await startSession({ goal: 'again' }, () => {});
    await flush(5);
    expect(peer.taken.length).toBe(5);
  });

  test('says when not everything was acknowledged, and leaves it on disk', async () => {
    const state = tempFolder();
    vi.stubEnv('XDG_STATE_HOME', state);
    const peer = await startPeer(() => ({ status: 503 }));
    configure({ apiKey, apiUrl: peer.url });
    await startSession({}, () => {});
    expect(await shutdown(0.2)).toBe(false);
    expect(segmentsUnder(state).length).toBe(1);
  });
});

describe('testing.capture()', () => {
  test('keeps records from the wire, and gives the client before back', async () => {
    const peer = await startPeer();
    configure({ apiKey, apiUrl: peer.url });
    {
      using captured = testing.capture();
      await startSession({ goal: 'captured' }, (session) => {
        session.event('tool', { name: 'a' });
        session.event('log', { name: 'b' });
      });
      expect(captured.events().map(({ name }) => name)).toEqual(['a', 'b']);
      expect(captured.events('tool').map(({ name }) => name)).toEqual(['a']);
      expect(captured.records[0]).toMatchObject({ kind: 'session.start', goal: 'captured' });
      expect(captured.warnings).toEqual([]);
    }
    await startSession({ goal: 'sent' }, () => {});
    await flush(5);
    expect(peer.taken.map(({ goal }) => goal)).toEqual(['sent', undefined]);
  });

  test('needs no key', async () => {
    using captured = testing.capture();
    await startSession({}, () => {});
    expect(captured.records.length).toBe(2);
  });
});
