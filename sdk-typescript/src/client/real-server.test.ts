import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { api, configure, flush, shutdown, startSession, tool, version } from '../index.ts';
import { runDoctor } from '../doctor/run-doctor.ts';
import { startServer, testKey, type RealServer } from '../testing/real-server.ts';
import { startAgent } from '../testing/run-agent.ts';
import { segmentsUnder, tempFolder } from '../testing/temp-folder.ts';

vi.setConfig({ testTimeout: 90_000, hookTimeout: 120_000 });

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

async function collect<T>(rows: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const row of rows) found.push(row);
  return found;
}

/** The two programs of the guide, as an agent would write them. */
async function runGuide(isBroken: boolean): Promise<readonly string[]> {
  const classifyIntent = tool('classify_intent', async (ticket: string) => `billing: ${ticket}`);
  const draftReply = tool('draft_reply', async (ticket: string, intent: string) => {
    if (isBroken) throw new Error('no reply found');
    return `${intent} / ${ticket}`;
  });
  const ids: string[] = [];
  const ticket = 'Charged twice';
  await startSession(
    { goal: 'Process customer support ticket', agentId: 'support-router' },
    async (parent) => {
      ids.push(parent.sessionId);
      const intent = await classifyIntent(ticket);
      await startSession(
        {
          goal: 'Draft reply for billing query',
          agentId: 'reply-drafter',
          parentSessionId: parent.sessionId,
        },
        async (child) => {
          ids.push(child.sessionId);
          const reply = await draftReply(ticket, intent);
          child.setMetrics({ goalCompleted: reply !== null });
        },
      );
    },
  ).catch((error: unknown) => {
    if (!isBroken) throw error;
  });
  return ids;
}

describe('against the real server', () => {
  test('a session is done with its goal, steps, cost and metrics (S1, S7)', async () => {
    let id = '';
    await startSession(
      { goal: 'Summarise the weekly sales report', agentId: 'report-summariser' },
      (session) => {
        id = session.sessionId;
        session.event('llm', {
          name: 'gpt-4o',
          data: {
            provider: 'openai',
            model: 'gpt-4o',
            input_tokens: 1000,
            output_tokens: 100,
            cost_usd: 0.0035,
          },
        });
        session.setMetrics({ goalCompleted: true, score: 0.9 });
      },
    );
    expect(await flush(20)).toBe(true);
    const row = await api.getSession(id);
    expect(row).toMatchObject({
      goal: 'Summarise the weekly sales report',
      agentId: 'report-summariser',
      status: 'done',
      environment: 'production',
      totalCost: 0.0035,
      stepCount: 1,
      llmCount: 1,
      inputTokens: 1000,
      outputTokens: 100,
      errorCount: 0,
      metrics: { goal_completed: true, score: 0.9 },
    });
    expect(row.delivery).toEqual({
      expected: 2,
      received: 2,
      refused: 0,
      missing: 0,
      dropped: 0,
      droppedBy: {},
      openSenders: 0,
      incomplete: false,
    });
    expect(segmentsUnder(state)).toEqual([]);
  });

  test('a child stands under its parent (S9)', async () => {
    const [parent = '', child] = await runGuide(false);
    await flush(20);
    expect((await collect(api.listChildren(parent))).map(({ id }) => id)).toEqual([child]);
    const events = await collect(api.listEvents(parent));
    expect(events.map(({ type, name }) => [type, name])).toEqual([['tool', 'classify_intent']]);
  });

  test('a failed run is done with one error, found by its count (S2, E1)', async () => {
    const [parent = '', child = ''] = await runGuide(true);
    await flush(20);
    const rows = await collect(api.listSessions({ agentId: 'reply-drafter' }));
    const failed = rows.filter(({ errorCount }) => errorCount > 0);
    expect(failed.map(({ id, status, errorCount }) => [id, status, errorCount])).toEqual([
      [child, 'done', 1],
    ]);
    expect(await api.getSession(parent)).toMatchObject({ status: 'done', errorCount: 0 });
    const [event] = await collect(api.listEvents(child));
    expect(event).toMatchObject({
      type: 'error',
      name: 'draft_reply',
      data: { kind: 'exception', message: 'no reply found', exception_type: 'Error' },
    });
  });

  test('a call that is open at a flush is shown, and closed once (E4)', async () => {
    const gate = Promise.withResolvers<number>();
    const slow = tool('slow', () => gate.promise);
    let id = '';
    await startSession({ goal: 'slow' }, async (session) => {
      id = session.sessionId;
      const call = slow();
      await vi.waitFor(
        async () => {
          const [open] = await collect(api.listEvents(id));
          expect(open).toMatchObject({
            type: 'tool',
            name: 'slow',
            endedAt: null,
            unfinished: false,
          });
        },
        { timeout: 40_000, interval: 100 },
      );
      gate.resolve(1);
      await call;
    });
    await flush(20);
    const events = await collect(api.listEvents(id));
    expect(events.length).toBe(1);
    expect(events[0]?.latencyMs).toBeGreaterThanOrEqual(1000);
    expect(await api.getSession(id)).toMatchObject({
      stepCount: 1,
      delivery: { incomplete: false },
    });
  });

  test('the running total is what the server says (S6)', async () => {
    await startSession({ goal: 'total' }, async (session) => {
      session.event('llm', { data: { provider: 'openai', model: 'gpt-4o', cost_usd: 0.25 } });
      await flush(20);
      expect(session.totalCost).toBe(0.25);
    });
  });

  test('the same batch twice is counted once (E4)', async () => {
    const agent = startAgent(['finish', '20'], {
      url: server.url,
      state: tempFolder(),
      apiKey: testKey,
    });
    expect(await agent.ended).toMatchObject({ code: 0, stderr: '' });
    const rows = await collect(api.listSessions({ search: 'finish' }));
    const row = rows.find(({ goal }) => goal === 'finish');
    expect(row).toMatchObject({
      status: 'done',
      eventCount: 20,
      delivery: { incomplete: false, received: 20 },
    });
  });

  test('a killed process loses no event, and does not end its session (S4, D1)', async () => {
    const place = tempFolder();
    const options = { url: server.url, state: place, apiKey: testKey };
    const agent = startAgent(['stream'], options);
    await vi.waitFor(() => expect(agent.output().split('\n').length).toBeGreaterThan(100), {
      timeout: 40_000,
      interval: 10,
    });
    agent.child.kill('SIGKILL');
    const lines = (await agent.ended).stdout.trim().split('\n');
    await startAgent(['drain'], options).ended;
    const id = lines[0]?.split(' ')[0] ?? '';
    const seqs = new Set((await collect(api.listEvents(id))).map(({ seq }) => seq));
    const emitted = lines.map((line) => Number(line.split(' ')[1])).filter(Number.isInteger);
    expect(emitted.filter((seq) => !seqs.has(seq))).toEqual([]);
    const row = await api.getSession(id);
    expect(row.status).toBe('running');
    expect(row.delivery).toMatchObject({ missing: 0, dropped: 0, openSenders: 0 });
  });

  test('the doctor finds all well, and says what is not', async () => {
    vi.stubEnv('NIITAKA_API_KEY', testKey);
    vi.stubEnv('NIITAKA_URL', server.url);
    const lines: string[] = [];
    expect(await runDoctor(false, (line) => lines.push(line))).toBe(true);
    expect(lines.map((line) => line.slice(0, 13))).toEqual([
      'ok    key: nk',
      'ok    address',
      'ok    clock: ',
      'ok    context',
      'ok    spool: ',
    ]);
    vi.stubEnv('NIITAKA_API_KEY', 'nk_unknown_0123456789abcdef0123456789');
    const bad: string[] = [];
    expect(await runDoctor(false, (line) => bad.push(line))).toBe(false);
    expect(bad[1]).toBe(
      `FAIL  address: ${server.url}: the server does not know this key (401). Was it revoked?`,
    );
  });

  test('sessions know the version of this package', () => {
    expect(version).toBe('0.1.0');
  });
});
