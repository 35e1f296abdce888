import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { attachSession, currentSession, decision, startSession, testing } from '../index.ts';

let captured: testing.Capture;

beforeEach(() => {
  vi.stubEnv('NIITAKA_ENV', '');
  vi.stubEnv('NIITAKA_STRICT', '');
  captured = testing.capture();
});

afterEach(() => {
  captured.stop();
  vi.unstubAllEnvs();
});

const starts = () => captured.records.filter(({ kind }) => kind === 'session.start');
const kinds = () => captured.records.map(({ kind }) => kind);

describe('startSession() without a function', () => {
  test('lasts until it is disposed of', async () => {
    let id = '';
    {
      await using session = await startSession({ goal: 'scoped' });
      id = session.sessionId;
      expect(currentSession()?.sessionId).toBe(id);
      session.event('log');
    }
    expect(currentSession()).toBe(null);
    expect(kinds()).toEqual(['session.start', 'event', 'session.end']);
    expect(captured.records[2]).toMatchObject({ session_id: id, last_seq: 1 });
  });

  test('does not leak into runs that are started beside it', async () => {
    const run = async (goal: string) => {
      await using session = await startSession({ goal });
      await sleep(5);
      decision(goal);
      return session.sessionId;
    };
    const ids = await Promise.all(['a', 'b', 'c'].map(run));
    expect(starts().map((start) => start['parent_session_id'])).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    const seen = captured
      .events('decision')
      .map((event) => [event['session_id'], (event['data'] as { choice: string }).choice]);
    expect(seen).toEqual(ids.map((id, at) => [id, ['a', 'b', 'c'][at]]));
    expect(currentSession()).toBe(null);
  });

  test('ends once, whatever is called after', async () => {
    const session = await startSession();
    session.end();
    session.end();
    await session[Symbol.asyncDispose]();
    expect(session.isEnded).toBe(true);
    expect(kinds()).toEqual(['session.start', 'session.end']);
  });
});

describe('child sessions', () => {
  test('take the current session for their parent, unless told (S9)', async () => {
    await startSession({ goal: 'root' }, async (root) => {
      await startSession({ goal: 'implicit' }, () => {});
      await startSession({ goal: 'null', parentSessionId: null }, () => {});
      await startSession({ goal: 'named', parentSessionId: root.sessionId }, () => {});
    });
    const [root, ...children] = starts();
    const id = root?.['session_id'];
    expect(children.map((child) => child['parent_session_id'])).toEqual([id, undefined, id]);
  });
});

describe('currentSession()', () => {
  test('follows promises, timers, microtasks and event emitters', async () => {
    const seen: (string | undefined)[] = [];
    const look = () => seen.push(currentSession()?.sessionId);
    const id = await startSession({}, async (session) => {
      await sleep(1);
      look();
      await Promise.all([sleep(1).then(look), Promise.resolve().then(look)]);
      await new Promise<void>((resolve) => {
        setImmediate(() => {
          look();
          queueMicrotask(() => {
            look();
            resolve();
          });
        });
      });
      return session.sessionId;
    });
    expect(seen).toEqual([id, id, id, id, id]);
    expect(currentSession()).toBe(null);
  });

  test('is another in parallel runs', async () => {
    const run = () =>
      startSession({}, async (session) => {
        await sleep(2);
        return currentSession()?.sessionId === session.sessionId;
      });
    expect(await Promise.all([run(), run(), run()])).toEqual([true, true, true]);
  });

  test('is what session.run() says', async () => {
    const session = await startSession();
    await startSession({}, () => {
      expect(session.run(() => currentSession()?.sessionId)).toBe(session.sessionId);
    });
    session.end();
  });
});

describe('attachSession()', () => {
  test('joins without a start, and closes as a sender (D1)', async () => {
    const id = '01890a5d-ac96-774b-bcce-b302099a8057';
    await attachSession(id, (session) => {
      expect(currentSession()?.sessionId).toBe(id);
      session.event('log');
    });
    expect(kinds()).toEqual(['event', 'sender.close']);
    expect(captured.records[1]).toMatchObject({ session_id: id, last_seq: 1, dropped: {} });
    await expect(attachSession('x')).rejects.toThrow('sessionId must be a UUID');
  });

  test('parents what is started inside', async () => {
    const id = '01890a5d-ac96-774b-bcce-b302099a8057';
    await using session = await attachSession(id);
    await startSession({}, () => {});
    expect(starts()[0]?.['parent_session_id']).toBe(session.sessionId);
  });
});
