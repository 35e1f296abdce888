import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startProvider } from '../testing/loopback-provider.ts';
import { completion } from '../testing/openai-frames.ts';
import { startServer, testKey, type RealServer } from '../testing/real-server.ts';
import { agentCommand, startProgram } from '../testing/run-agent.ts';
import { tempFolder } from '../testing/temp-folder.ts';
import type { TreeOutcome, TreeTask } from '../testing/tree-agents-fixture.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const program = fileURLToPath(new URL('../testing/tree-agents-fixture.ts', import.meta.url));
const [node] = agentCommand;
const limitUsd = 0.25;
/** 100 input tokens at 1.25 and 1,000 output tokens at 10 US dollars a million. */
const estimateUsd = 0.010125;

let server: RealServer;
beforeAll(async () => {
  server = await startServer();
  const answer = await fetch(`${server.url}/api/v1/policies`, {
    method: 'POST',
    headers: { 'x-api-key': testKey, 'content-type': 'application/json' },
    body: JSON.stringify({
      name: 'tree budget',
      type: 'cost_limit',
      scope: 'tree',
      condition: { cost_exceeded: limitUsd },
      action: { type: 'abort' },
    }),
  });
  expect(answer.status).toBe(201);
});
afterAll(() => server.stop());

/** A provider that thinks for a while, and answers with 200 to 1,000 tokens. */
function startModel() {
  return startProvider((_, count) => {
    const completion_tokens = 200 + ((count * 137) % 801);
    const usage = { prompt_tokens: 100, completion_tokens, total_tokens: 100 + completion_tokens };
    return { body: { ...completion, usage }, afterMs: 50 + ((count * 37) % 150) };
  });
}

async function runProcess(task: TreeTask): Promise<TreeOutcome> {
  const surroundings = { url: server.url, state: tempFolder(), apiKey: testKey };
  const ended = await startProgram(node, [program, JSON.stringify(task)], surroundings).ended;
  expect(ended.stderr).toBe('');
  expect(ended.code).toBe(0);
  return JSON.parse(ended.stdout) as TreeOutcome;
}

async function treeCost(rootId: string): Promise<number> {
  const root = (await server.get(`/sessions/${rootId}`)) as { tree: { total_cost: number } };
  return root.tree.total_cost;
}

/** Calls that make the model known. */
const useModelCalls = 2;

/** The prices of models that were used are known to the processes that start later. */
async function useModel(providerUrl: string): Promise<void> {
  const sessions = [[randomUUID(), null]] as const;
  await runProcess({ providerUrl, rootId: null, sessions, callsPerSession: 1, maxTokens: 1000 });
}

test('1 + 3 + 9 sessions of two processes stay within the budget of their tree (P10)', async () => {
  const provider = await startModel();
  await useModel(provider.url);
  const rootId = randomUUID();
  const children = [randomUUID(), randomUUID(), randomUUID()];
  const branch = (child: string): TreeTask['sessions'] => [
    [child, rootId],
    ...[1, 2, 3].map(() => [randomUUID(), child] as const),
  ];
  const [first = '', ...others] = children;
  // The budget is for some 41 calls: each process alone would make more.
  const task = { providerUrl: provider.url, callsPerSession: 10, maxTokens: 1000 };
  const sessions = [[[rootId, null] as const, ...branch(first)], others.flatMap(branch)] as const;
  const outcomes = await Promise.all([
    runProcess({ ...task, rootId: null, sessions: sessions[0] }),
    runProcess({ ...task, rootId, sessions: sessions[1] }),
  ]);
  const stopped = outcomes.flatMap((outcome) => outcome.stopped);
  const answered = outcomes.reduce((sum, outcome) => sum + outcome.answered, 0);
  expect(provider.requests.length).toBe(answered + useModelCalls);
  expect(stopped.length).toBeGreaterThan(0);
  // Nobody was refused while money was left, and each process went over by less than one call.
  const cost = await treeCost(rootId);
  expect(cost).toBeGreaterThanOrEqual(limitUsd);
  expect(cost).toBeLessThanOrEqual(limitUsd + 2 * estimateUsd);
  for (const { message, found } of stopped) {
    expect(message).toMatch(
      /^aborted before call \d+: tree cost \$0\.\d+ > \$0\.25, policy tree budget rev 1$/,
    );
    expect(found).toBeGreaterThan(limitUsd);
  }
  const afterwards = outcomes.flatMap((outcome) => outcome.afterwards);
  // Where a lease came back meanwhile, a session that goes on may still find a rest of it.
  expect(afterwards.length).toBeGreaterThan(6);
  // It stopped the tree, once: in the session that was refused first.
  const rows = sessions.flat().map(([id]) => server.get(`/sessions/${id}`));
  const aborted = (await Promise.all(rows)).map((row) => (row as { aborted: boolean }).aborted);
  expect(aborted).toContain(true);
});
