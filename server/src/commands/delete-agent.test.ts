import { afterEach, beforeEach, expect, test } from 'vitest';
import { openStore, type TestStore } from '../testing/open-store.ts';
import { iso, noonMs, start, testOrgId, tool } from '../testing/records.ts';
import { activateVersion } from './activate-version.ts';
import { createVersion } from './create-version.ts';
import { deleteAgent } from './delete-agent.ts';

const who = { orgId: testOrgId, actor: 'person "Ada"', agentId: 'a' };
const nothing = { model: null, temperature: null, maxTokens: null, systemPrompt: null };

let store: TestStore;
beforeEach(() => {
  store = openStore(noonMs);
});
afterEach(() => store.close());

/** What the server decides on a session of the agent with one step. */
async function decided(number: number): Promise<string | undefined> {
  const times = { started_at: iso(noonMs), ended_at: iso(noonMs) };
  await store.ingest([start(number, { agent_id: 'a' }), tool(number, number, times)]);
  const traces = store.db.prepare('SELECT policy_id FROM decision_traces').pluck().all();
  return traces.at(-1) as string | undefined;
}

test('deleteAgent() takes the guardrails of its versions out of force (A4)', async () => {
  await store.ingest([start(1, { agent_id: 'a' })]);
  const content = { ...nothing, guardrails: { max_steps: 1 } };
  await store.run(createVersion, { ...who, content });
  await store.run(activateVersion, { ...who, number: 1 });
  expect(await decided(2)).toBe('version:a:1:step_limit');
  const removed = await store.run(deleteAgent, who);
  expect(removed).toMatchObject({ ok: true, value: { more: false } });
  expect(await decided(3)).toBeUndefined();
});
