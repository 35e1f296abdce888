import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import { decision, startSession, testing, tool } from '../index.ts';
import { startPeer, type LoopbackPeer } from '../testing/loopback-peer.ts';
import { agentCommand, startProgram, type AgentEnd } from '../testing/run-agent.ts';
import { segmentsUnder, tempFolder } from '../testing/temp-folder.ts';

vi.setConfig({ testTimeout: 60_000 });

const index = fileURLToPath(new URL('../index.ts', import.meta.url));

interface Surroundings {
  readonly url: string;
  readonly state?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs code as a program that imports the package; how it ended. */
function run(
  code: string,
  { url, state = tempFolder(), env = {} }: Surroundings,
): Promise<AgentEnd> {
  const body = `import * as niitaka from ${JSON.stringify(index)};\n${code}`;
  const args = ['--expose-gc', '--input-type=module', '-e', body];
  return startProgram(agentCommand[0], args, { url, state, env }).ended;
}

const kindsOf = ({ taken }: LoopbackPeer) => taken.map(({ kind }) => kind);

describe('the host of the package', () => {
  test('has setMetrics on the very object that its session gives', async () => {
    using captured = testing.capture();
    await startSession({}, (session) => {
      expect(typeof session.setMetrics).toBe('function');
      session.setMetrics({ goalCompleted: true });
    });
    {
      await using session = await startSession();
      session.setMetrics({ score: 1 });
    }
    const metrics = captured.records.filter(({ kind }) => kind === 'session.metrics');
    expect(metrics.map((record) => record['metrics'])).toEqual([
      { goal_completed: true },
      { score: 1 },
    ]);
  });

  test('keeps the events of fifty parallel sessions apart', async () => {
    using captured = testing.capture();
    const look = tool('look', async (n: number) => {
      await sleep(n % 3);
      decision(`of ${n}`);
    });
    const work = (n: number) =>
      startSession({ goal: String(n) }, async () => {
        for (let round = 0; round < 5; round += 1) await look(n);
      });
    await Promise.all(Array.from({ length: 50 }, (_, n) => work(n)));
    const starts = captured.records.filter(({ kind }) => kind === 'session.start');
    const goals = new Map(starts.map((start) => [start['session_id'], start['goal']]));
    const choices = captured.events('decision');
    expect(choices.length).toBe(250);
    for (const { session_id: id, data } of choices) {
      expect((data as { choice: string }).choice).toBe(`of ${String(goals.get(id))}`);
    }
  });

  test('is told once of calls outside any session, which answer all the same', async () => {
    using captured = testing.capture();
    const twice = tool('twice', (n: number) => 2 * n);
    expect([twice(1), twice(2), decision('left')]).toEqual([2, 4, null]);
    expect(captured.records).toEqual([]);
    expect(captured.warnings).toEqual([
      'tool() was called outside a session: it is not recorded. Wrap it in startSession().',
    ]);
  });

  test('makes more calls in one session than anybody counts', async () => {
    using captured = testing.capture();
    const add = tool('add', (n: number) => n + 1);
    const sum = await startSession({}, () => Array.from({ length: 500 }, (_, n) => add(n)).length);
    expect([sum, captured.events('tool').length]).toEqual([500, 500]);
  });

  test('starts a session without waiting for a silent server', async () => {
    const peer = await startPeer(() => 'hang');
    const code = `const at = performance.now();
      await niitaka.startSession({ goal: 'quick' }, (it) => it.event('log'));
      console.log(performance.now() - at < 1000);
      process.kill(process.pid, 'SIGKILL');`;
    expect(await run(code, peer)).toMatchObject({ stdout: 'true\n', signal: 'SIGKILL' });
  });

  test('hears once that its key is wrong, by the beginning of the key, and loses nothing', async () => {
    const state = tempFolder();
    const peer = await startPeer(() => ({ status: 401, body: { code: 'unauthenticated' } }));
    const code = `for (let n = 0; n < 3; n += 1) {
        await niitaka.startSession({ goal: 'g' }, (it) => it.event('log'));
        await niitaka.flush(0.2);
      }`;
    const { code: status, stderr, tookMs } = await run(code, { url: peer.url, state });
    expect(status).toBe(0);
    expect(stderr.match(/NiitakaWarning/g)?.length).toBe(1);
    expect(stderr).toContain('does not take events with key nk_test_age…: the server answered 401');
    expect(stderr).not.toContain('nk_test_agent_0123456789');
    expect(tookMs).toBeLessThan(10_000);
    expect(segmentsUnder(state).length).toBe(1);
  });

  test('prints on an ASCII terminal and goes on', async () => {
    const peer = await startPeer();
    const code = `await niitaka.startSession({ goal: 'naïve – 東京 \\ud800', tags: { 'é': 'x' } }, (it) => {
        it.event('log', { data: { message: '\\udfff 🗻' } });
        it.setMetrics({ 'é': 1 });
      });
      console.log(await niitaka.flush(10));`;
    const env = { LC_ALL: 'C', LANG: 'C', TERM: 'dumb' };
    const ended = await run(code, { url: peer.url, env });
    expect(ended).toMatchObject({ code: 0, stdout: 'true\n' });
    expect(kindsOf(peer)).toEqual(['session.start', 'event', 'session.end']);
  });

  test('has an end within its budget while the server is away, and the next one delivers', async () => {
    const state = tempFolder();
    const peer = await startPeer(() => ({ status: 503 }));
    const code = `await niitaka.startSession({ goal: 'g' }, (it) => it.event('log'));
      process.on('exit', () => process.stdout.write(String(Date.now())));`;
    const first = await run(code, { url: peer.url, state });
    expect(first.code).toBe(0);
    expect(Date.now() - Number(first.stdout)).toBeLessThan(10_000);
    await peer.close();
    const next = await startPeer(() => null, Number(new URL(peer.url).port));
    await run('niitaka.configure(); await niitaka.flush(10)', { url: next.url, state });
    expect(kindsOf(next)).toEqual(['session.start', 'event', 'session.end']);
    expect(segmentsUnder(state)).toEqual([]);
  });

  test('has a bound on its memory while nobody takes anything', async () => {
    const peer = await startPeer(() => ({ status: 503 }));
    const code = `niitaka.configure({ spool: false });
      const session = await niitaka.startSession({ goal: 'g' });
      const fill = async (count) => {
        for (let n = 0; n < count; n += 1) {
          session.event('log', { data: { message: 'x'.repeat(200) } });
          if (n % 1000 === 0) await new Promise((resolve) => setImmediate(resolve));
        }
        globalThis.gc();
        return process.memoryUsage().heapUsed + process.memoryUsage().external;
      };
      const before = await fill(20_000);
      const after = await fill(60_000);
      console.log(after - before < 16 * 1024 * 1024);
      process.kill(process.pid, 'SIGKILL');`;
    expect(await run(code, peer)).toMatchObject({ stdout: 'true\n' });
  });

  test('runs with a home that is read-only: told once, delivered from memory', async () => {
    const home = join(tempFolder(), 'home');
    mkdirSync(home, { mode: 0o500 });
    const peer = await startPeer();
    const code = `await niitaka.startSession({ goal: 'g' }, (it) => it.event('log'));
      console.log(await niitaka.flush(10));`;
    // Root writes everywhere: a file in the way stops it as well.
    const env = { HOME: home, XDG_STATE_HOME: process.getuid?.() === 0 ? '/dev/null' : home };
    const ended = await run(code, { url: peer.url, env });
    chmodSync(home, 0o700);
    expect(ended).toMatchObject({ code: 0, stdout: 'true\n' });
    expect(ended.stderr.match(/NiitakaWarning/g)?.length).toBe(1);
    expect(ended.stderr).toContain('Cannot write the spool');
    expect(kindsOf(peer)).toEqual(['session.start', 'event', 'session.end']);
  });

  test('may set its clock a day back and forth: no negative duration, nothing held up (E6)', async () => {
    const peer = await startPeer();
    const code = `const real = Date.now; let shiftMs = 0; Date.now = () => real() + shiftMs;
      await niitaka.startSession({ goal: 'g' }, async (it) => {
        for (const days of [-1, 1, 0]) {
          await it.tool('jump', async () => { shiftMs = days * 86_400_000; });
          it.event('log');
        }
      });
      console.log(await niitaka.flush(10));`;
    expect(await run(code, peer)).toMatchObject({ code: 0, stdout: 'true\n' });
    const events = peer.taken.filter(({ kind }) => kind === 'event');
    expect(events.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6]);
    for (const event of events) {
      const { started_at: start, ended_at: end } = event as unknown as Record<string, string>;
      expect(Date.parse(end ?? '')).toBeGreaterThanOrEqual(Date.parse(start ?? ''));
      if (event['type'] === 'tool') expect(event['latency_ms']).toBeGreaterThanOrEqual(0);
    }
  });

  test('may stop a generator half-way, in a session that goes on', async () => {
    using captured = testing.capture();
    const pages = tool('pages', async function* () {
      yield 1;
      yield 2;
    });
    await startSession({}, async (session) => {
      for await (const page of pages()) if (page === 1) break;
      session.event('log');
    });
    expect(captured.events().map(({ type }) => type)).toEqual(['tool', 'log']);
    expect(captured.events('log')[0]).not.toHaveProperty('parent_event_id');
  });

  test('may throw while it disposes of its session: the session has its end', async () => {
    using captured = testing.capture();
    const use = async () => {
      await using session = await startSession({ goal: 'g' });
      session.event('log');
      throw new RangeError('the host');
    };
    await expect(use()).rejects.toThrow(new RangeError('the host'));
    const kinds = captured.records.map(({ kind }) => kind);
    expect(kinds).toEqual(['session.start', 'event', 'session.end']);
  });
});
