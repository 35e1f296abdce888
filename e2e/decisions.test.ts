import type { AgentVersion } from '@niitaka/protocol/agent.ts';
import type { Policy } from '@niitaka/protocol/policy.ts';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { axeProblems, openBrowser, openSignedIn, problemsOf } from './browser.ts';
import { sessionRecords } from './records.ts';
import { startServer, type TestServer } from './server.ts';
import { sessionScript } from './session-records.ts';

let server: TestServer;
let browser: Browser;

beforeAll(async () => {
  [server, browser] = await Promise.all([startServer(), openBrowser()]);
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

const make = (body: object) => server.api<Policy>('POST', '/policies', body);

async function decisionsOf(sessionId: string) {
  const page = await openSignedIn(browser, server, `/sessions/${sessionId}?tab=decisions`);
  const lines = page.getByRole('tabpanel').locator('ol > li > div > p:first-child');
  await lines.first().waitFor();
  return { page, texts: async () => (await lines.allTextContents()).toSorted() };
}

test('decisions of the server name scope, limit and what was blind, also of limits that changed since (P1, P2, P7)', async () => {
  const cost = (usd: number) => ({ type: 'cost_limit', condition: { cost_exceeded: usd } });
  const [warn, abort] = [{ type: 'warn' }, { type: 'abort' }];
  const tree = await make({ ...cost(0.005), name: 'tree watch', scope: 'tree', action: warn });
  const day = await make({ ...cost(0.0065), name: 'day stop', scope: 'day', action: abort });
  const steps = { type: 'step_limit', condition: { steps_exceeded: 2 } };
  await make({ ...steps, name: 'quiet', mode: 'shadow', action: abort });
  const start = { agent_id: 'router' };
  const parent = sessionScript(Date.now() - 30_000, { goal: 'Route', ...start });
  parent.event('llm', 100, { ms: 10, data: { model: 'm', cost_usd: 0.0035 } });
  const child = sessionScript(Date.now() - 20_000, {
    goal: 'Look up',
    parent_session_id: parent.id,
    ...start,
  });
  child.event('llm', 100, { ms: 10, data: { model: 'm', cost_usd: 0.0035 } });
  child.event('llm', 200, { ms: 10, data: { model: 'no-price', input_tokens: 5 } });
  await server.ingest(parent.records);
  await server.ingest(child.records);
  const change = { revision: 1, condition: { cost_exceeded: 9 } };
  await server.api('PATCH', `/policies/${tree.id}`, change);
  await server.api('DELETE', `/policies/${day.id}`);

  const { page, texts } = await decisionsOf(child.id);
  const blind = '(calls without a price not counted)';
  await expect
    .poll(texts)
    .toEqual([
      `Decided to abort before call 3: the day's cost $0.007 > $0.0065 ${blind}, policy ${day.id} rev 1. not enforced`,
      `Warned at step 2: tree cost $0.007 > $0.005 ${blind}, policy tree watch rev 1. not enforced`,
      'Would have aborted before call 3: steps 2 ≥ 2, policy quiet rev 1. shadow',
    ]);
  expect(await axeProblems(page)).toEqual([]);
  await page.getByRole('tab', { name: /Timeline/ }).click();
  await page.getByText(`: the day's cost $0.007 > $0.0065 ${blind}`).waitFor();
  expect(problemsOf(page)).toEqual([]);
});

test('a limit of a version that a finished session had passed is named (A4, P2)', async () => {
  await server.ingest(sessionRecords({ goal: 'Sort', agent: 'sorter' }).records);
  const version = await server.api<AgentVersion>('POST', '/agents/sorter/versions', {
    guardrails: { max_steps: 1 },
  });
  await server.api('POST', `/agents/sorter/versions/${version.number}/activate`);
  const late = sessionRecords({ goal: 'Sort again', agent: 'sorter' });
  await server.ingest(late.records);
  const { page, texts } = await decisionsOf(late.id);
  await expect
    .poll(texts)
    .toEqual([
      'Over the limit when the session had ended: steps 1 ≥ 1, policy step limit of sorter v1 rev 1. not enforced',
    ]);
  expect(problemsOf(page)).toEqual([]);
});
