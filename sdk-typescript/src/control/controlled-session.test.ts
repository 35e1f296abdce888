import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { defaultClient } from '../client/default-client.ts';
import {
  AgentExecutionStoppedError,
  configure,
  flush,
  shutdown,
  startSession,
  testing,
  tool,
  type Session,
} from '../index.ts';
import { startServer, testKey, type RealServer } from '../testing/real-server.ts';

vi.setConfig({ testTimeout: 90_000, hookTimeout: 120_000 });

function tell(session: Session, command: string, args: Record<string, unknown> = {}): void {
  const { sessionId } = session;
  const id = `${command}-${Math.random()}`;
  const order = { session_id: sessionId, command_id: id, command, args };
  defaultClient().outlet.controls.readAnswer({ control: [order], sessions: [] });
}

describe('a session under control', () => {
  let captured: testing.Capture;
  beforeEach(() => {
    captured = testing.capture();
  });
  afterEach(() => captured.stop());

  test('session.step() is one tool event, and answers what its function answers', async () => {
    await startSession({}, async (session) => {
      expect(await session.step('add', () => 2 + 3)).toBe(5);
      expect(await session.step('look', async () => 'seen')).toBe('seen');
      await expect(session.step('fail', () => Promise.reject(new Error('no')))).rejects.toThrow(
        'no',
      );
    });
    const told = captured.records.filter(({ kind }) => kind === 'event');
    expect(told.map((it) => [it['type'], it['name']])).toEqual([
      ['tool', 'add'],
      ['tool', 'look'],
      ['error', 'fail'],
    ]);
  });

  test('is stopped before the call, and ends without an error event (P6, E1)', async () => {
    const pay = vi.fn<() => void>();
    const stopped = startSession({}, async (session) => {
      tell(session, 'abort');
      await session.step('pay', pay);
    });
    await expect(stopped).rejects.toThrow(AgentExecutionStoppedError);
    expect(pay).not.toHaveBeenCalled();
    expect(captured.events()).toEqual([]);
    expect(captured.records.at(-1)).toMatchObject({ kind: 'session.end' });
  });

  test('a limit of cost holds by what was spent here while no answer comes (G3, P5)', async () => {
    let calls = 0;
    const stopped = startSession({}, async (session) => {
      tell(session, 'limit', { cost_usd: 0.5 });
      for (; calls < 9; calls += 1) {
        session.event('llm', { data: { cost_usd: 0.25 } });
        await session.step('think', () => 1);
      }
    });
    await expect(stopped).rejects.toMatchObject({ found: 0.75, threshold: 0.5 });
    expect(calls).toBe(2);
  });

  test('a call that a stop passed through is closed as interrupted, not as an error (E1)', async () => {
    const outer = tool('outer', async (session: Session) => {
      tell(session, 'abort');
      await session.step('inner', () => 1);
    });
    await expect(startSession({}, (session) => outer(session))).rejects.toThrow();
    expect(captured.events()).toMatchObject([
      { type: 'tool', name: 'outer', data: { interrupted: true } },
    ]);
  });

  test('tools of every kind are stopped before they begin (P6)', async () => {
    const called = vi.fn<() => void>();
    const kinds = [
      tool('sync', () => called()),
      tool('async', async () => called()),
      tool('generator', function* () {
        called();
        yield 1;
      }),
      tool('async generator', async function* () {
        called();
        yield 1;
      }),
    ];
    for (const kind of kinds) {
      const run = startSession({}, async (session) => {
        tell(session, 'abort');
        await kind();
      });
      await expect(run).rejects.toThrow(AgentExecutionStoppedError);
    }
    expect(called).not.toHaveBeenCalled();
  });

  test('a host that swallows the stop is stopped again at its next step (P6)', async () => {
    await startSession({}, async (session) => {
      tell(session, 'abort');
      for (let attempt = 0; attempt < 3; attempt += 1) {
        await expect(session.step('again', () => 1)).rejects.toThrow(AgentExecutionStoppedError);
      }
    });
  });

  test('a pause holds steps and asynchronous tools; what answers at once is not held (G3)', async () => {
    const later = tool('later', async () => 'later');
    const now = tool('now', () => 'now');
    await startSession({}, async (session) => {
      tell(session, 'pause', { max_seconds: 60 });
      const seen: string[] = [];
      const held = [later(), session.step('step', () => 'step')].map((step) =>
        step.then((answer) => seen.push(answer)),
      );
      expect(now()).toBe('now');
      await sleep(20);
      expect(seen).toEqual([]);
      tell(session, 'resume');
      await Promise.all(held);
      expect(seen.toSorted()).toEqual(['later', 'step']);
    });
  });
});

describe('with a server', () => {
  let server: RealServer;
  let state: string;
  beforeAll(async () => {
    server = await startServer();
    state = mkdtempSync(join(tmpdir(), 'niitaka-state-'));
    vi.stubEnv('XDG_STATE_HOME', state);
    configure({ apiKey: testKey, apiUrl: server.url });
  });
  afterAll(async () => {
    await shutdown(2);
    await server.stop();
    rmSync(state, { recursive: true, force: true });
    vi.unstubAllEnvs();
  });

  async function give(session: Session, command: string, args: object = {}): Promise<string> {
    const answer = await fetch(`${server.url}/api/v1/sessions/${session.sessionId}/commands`, {
      method: 'POST',
      headers: { 'x-api-key': testKey, 'content-type': 'application/json' },
      body: JSON.stringify({ command, args }),
    });
    return ((await answer.json()) as { command: { id: string } }).command.id;
  }

  async function told(session: Session, id: string): Promise<Record<string, string | null>> {
    const list = await server.get(`/sessions/${session.sessionId}/commands`);
    const { items } = list as { items: Record<string, string | null>[] };
    return items.find((item) => item['id'] === id) ?? {};
  }

  test('an agent that goes on and on is stopped; the page sees asked, delivered, obeyed (G3, P6)', async () => {
    let held: Session | null = null;
    let id = '';
    const run = startSession({ goal: 'Loop', agentId: 'looper' }, async (session) => {
      held = session;
      for (let step = 0; step < 3_000; step += 1) {
        await session.step('think', () => sleep(10));
        if (step !== 20) continue;
        await flush(10);
        id = await give(session, 'abort', { reason: 'it loops' });
      }
    });
    await expect(run).rejects.toThrow('An operator stopped this session: it loops');
    expect(await flush(10)).toBe(true);
    const session = held as unknown as Session;
    const command = await told(session, id);
    expect(command['delivered_at']).not.toBeNull();
    expect(command['obeyed_at']).not.toBeNull();
    expect(await server.get(`/sessions/${session.sessionId}`)).toMatchObject({
      status: 'done',
      error_count: 0,
    });
  });

  test('a paused agent that sends nothing hears of its resumption by the poll (G3)', async () => {
    await startSession({ goal: 'Wait', agentId: 'waiter' }, async (session) => {
      await flush(10);
      const pause = await give(session, 'pause', { max_seconds: 60 });
      session.event('log', { data: { message: 'something to carry the answer' } });
      await flush(10);
      const begun = vi.fn<() => void>();
      const step = session.step('go', begun);
      await sleep(200);
      expect(begun).not.toHaveBeenCalled();
      const resume = await give(session, 'resume');
      await step;
      expect(await flush(10)).toBe(true);
      expect((await told(session, pause))['obeyed_at']).not.toBeNull();
      expect((await told(session, resume))['obeyed_at']).not.toBeNull();
    });
  });
});
