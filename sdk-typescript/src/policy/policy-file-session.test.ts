import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { configure, flush, shutdown, startSession, testing, tool } from '../index.ts';
import { openPolicyFile } from './open-policy-file.ts';
import { startServer, testKey, type RealServer } from '../testing/real-server.ts';
import { agentCommand, startProgram } from '../testing/run-agent.ts';
import { tempFolder } from '../testing/temp-folder.ts';

vi.setConfig({ testTimeout: 90_000, hookTimeout: 120_000 });

const text = `agents: [looper]
policies:
  - name: loop guard
    type: step_limit
    condition: { steps_exceeded: 3 }
    action: { type: abort }
  - name: spend
    type: cost_limit
    condition: { cost_exceeded: 0.5 }
    action: { type: abort }
`;

function writePolicies(given: string = text): string {
  const path = join(tempFolder(), 'agents.yaml');
  writeFileSync(path, given);
  return path;
}

/** Takes five steps, or as many as it may; how many it took, and what stopped it. */
async function loop(agentId?: string): Promise<{ steps: number; id: string; text: string }> {
  const took = { steps: 0, id: '', text: '' };
  const think = tool('think', () => {
    took.steps += 1;
  });
  await startSession({ agentId }, (session) => {
    took.id = session.sessionId;
    for (let round = 0; round < 5; round += 1) think();
  }).catch((error: unknown) => {
    took.text = String(error);
  });
  return took;
}

describe('configure({ policyFile })', () => {
  test('holds for the agents that the file names, and their start says so (P8)', async () => {
    using captured = testing.capture({ policyFile: writePolicies() });
    expect(await loop('looper')).toMatchObject({
      steps: 3,
      text: expect.stringContaining('steps 3 ≥ 3, policy loop guard rev 1'),
    });
    expect((await loop('other')).steps).toBe(5);
    expect((await loop()).steps).toBe(5);
    const starts = captured.records.filter(({ kind }) => kind === 'session.start');
    expect(starts.map((it) => [it['policy_source'], it['policy_hash']])).toEqual([
      ['file', expect.stringMatching(/^[0-9a-f]{64}$/)],
      [undefined, undefined],
      [undefined, undefined],
    ]);
    const traces = captured.records.filter(({ kind }) => kind === 'trace');
    expect(traces).toMatchObject([{ policy_id: 'file:loop guard', action: 'abort' }]);
  });

  test('limits what calls are reported to cost (P8, C1)', async () => {
    using captured = testing.capture({ policyFile: writePolicies() });
    const run = startSession({ agentId: 'looper' }, (session) => {
      session.event('llm', { data: { cost_usd: 0.6 } });
      return session.step('next', () => 1);
    });
    await expect(run).rejects.toThrow('cost $0.6 > $0.5');
    expect(captured.records.at(-1)).toMatchObject({ kind: 'session.end' });
  });

  test('throws where the file is wrong, by its line and column (P8)', () => {
    const path = writePolicies('policies:\n  - id: a\n    type: costs\n');
    expect(() => configure({ policyFile: path })).toThrow(TypeError);
    expect(() => configure({ policyFile: path })).toThrow(`${path}:3:11: type must be one of`);
    expect(() => configure({ policyFile: `${path}.none` })).toThrow('policyFile must be a file');
    expect(() => configure({ policyFile: 5 as never })).toThrow('policyFile must be text: got 5');
  });

  test('holds in worker threads as it was read, whatever became of the file (P8)', async () => {
    const path = writePolicies();
    const index = new URL('../index.ts', import.meta.url).href;
    const inWorker = `import { startSession } from ${JSON.stringify(index)};
      let steps = 0;
      await startSession({ agentId: 'looper' }, async (session) => {
        for (let round = 0; round < 5; round += 1) await session.step('think', () => (steps += 1));
      }).catch((error) => console.log(steps, error.policy));`;
    const program = `import { rmSync } from 'node:fs';
      import { Worker } from 'node:worker_threads';
      import { configure } from ${JSON.stringify(index)};
      configure({ apiKey: 'nk_worker', policyFile: ${JSON.stringify(path)} });
      rmSync(${JSON.stringify(path)});
      new Worker(new URL('data:text/javascript,' + ${JSON.stringify(encodeURIComponent(inWorker))}));`;
    const args = ['--input-type=module', '-e', program];
    const surroundings = { url: 'http://127.0.0.1:1', state: tempFolder() };
    const { ended } = startProgram(agentCommand[0], args, surroundings);
    expect(await ended).toMatchObject({ stdout: '3 file:loop guard\n' });
  });
});

describe('with a server', () => {
  let server: RealServer;
  let state: string;
  beforeAll(async () => {
    server = await startServer();
    state = mkdtempSync(join(tmpdir(), 'niitaka-state-'));
    vi.stubEnv('XDG_STATE_HOME', state);
  });
  afterAll(async () => {
    await shutdown(2);
    await server.stop();
    rmSync(state, { recursive: true, force: true });
    vi.unstubAllEnvs();
  });

  async function createPolicy(name: string): Promise<void> {
    const answer = await fetch(`${server.url}/api/v1/policies`, {
      method: 'POST',
      headers: { 'x-api-key': testKey, 'content-type': 'application/json' },
      body: JSON.stringify({
        name,
        type: 'step_limit',
        condition: { steps_exceeded: 1 },
        action: { type: 'abort' },
      }),
    });
    expect(answer.status).toBe(201);
  }

  test('what the server exports is read, whatever the names in it (P8)', async () => {
    const names = [
      'word '.repeat(39).trim(),
      'two\nlines',
      "it's: #1",
      '- "x"',
      'null',
      '1e3',
      '日本',
    ];
    for (const name of names) await createPolicy(name);
    const headers = { 'x-api-key': testKey };
    const answer = await fetch(`${server.url}/api/v1/policies/export`, { headers });
    const { policies } = openPolicyFile(writePolicies(await answer.text()));
    expect(policies.map(({ name }) => name)).toEqual(names);
  });

  test('the file beats the server’s policies, which decide nothing for its agents (P8, P5)', async () => {
    await createPolicy('served');
    configure({ apiKey: testKey, apiUrl: server.url, policyFile: writePolicies() });
    for (let round = 0; round < 2; round += 1) {
      const { steps, id } = await loop('looper');
      expect(steps).toBe(3);
      expect(await flush(10)).toBe(true);
      expect(await server.get(`/sessions/${id}/traces`)).toMatchObject({
        items: [{ policy_id: 'file:loop guard', action: 'abort', decided_by: ['sdk'] }],
      });
    }
    await vi.waitUntil(async () => {
      const { steps } = await loop('other');
      return (await flush(10)) && steps === 1;
    }, 20_000);
  });
});
