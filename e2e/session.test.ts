import { randomUUID } from 'node:crypto';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { axeProblems, openBrowser, openSignedIn, problemsOf } from './browser.ts';
import { startServer, type TestServer } from './server.ts';
import { sessionScript, type SessionScript } from './session-records.ts';

let server: TestServer;
let browser: Browser;
let run: SessionScript;
let callId: string;

const minute = 60_000;

beforeAll(async () => {
  [server, browser] = await Promise.all([startServer(), openBrowser()]);
  const startMs = Date.now() - 10 * minute;
  run = researchRun(startMs);
  const child = sessionScript(startMs + 60_000, {
    goal: 'Fetch the beta pages',
    agent_id: 'page-reader',
    parent_session_id: run.id,
  });
  child.event('llm', 100, { ms: 2_000, data: { model: 'unknown-model', cost_usd: 0.25 } });
  child.end(9_000);
  await server.ingest([...run.records, ...child.records]);
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

/** A run with every type of event, a policy that stopped it, and an outcome. */
function researchRun(startMs: number): SessionScript {
  const script = sessionScript(startMs, {
    goal: 'Research competitor pricing',
    agent_id: 'web-researcher',
    agent_version: '3',
    tags: { team: 'growth' },
    metadata: { ticket: 48_213 },
  });
  script.event('decision', 500, { name: 'plan', data: { choice: 'search first' } });
  callId = script.event('llm', 1_000, {
    ms: 6_000,
    data: {
      provider: 'anthropic',
      model: 'claude-sonnet-4-5',
      input_tokens: 12_480,
      cache_read_tokens: 9_216,
      output_tokens: 1_102,
      time_to_first_token_ms: 1_000,
      input: {
        system: 'Be brief.',
        messages: [{ role: 'user', content: 'Compare the Pro plans.' }],
      },
      output: [{ type: 'text', text: 'Acme lists Pro at $29.' }],
    },
  });
  script.event('tool', 7_500, {
    name: 'web.search',
    parent: callId,
    ms: 1_800,
    data: { input: { q: 'acme pricing' }, output: [{ url: 'https://acme.example/needle' }] },
  });
  script.event('tool', 10_000, { name: 'web.fetch', parent: callId, ms: 3_200 });
  script.event('error', 14_000, {
    data: { kind: 'timeout', message: 'beta.example did not answer', stack: 'at fetch (a.ts:1)' },
  });
  script.event('llm', 20_000, { ms: 500, data: { model: 'nobody-knows', input_tokens: 5 } });
  script.add({
    kind: 'trace',
    trace_id: randomUUID(),
    session_id: script.id,
    policy_id: 'loop guard',
    policy_revision: 3,
    action: 'abort',
    inputs: { cost: 0.4, steps: 40 },
    considered: [
      { policy_id: 'loop guard', revision: 3, result: 'matched', mode: 'enforce' },
      { policy_id: 'spend', revision: 1, result: 'below_threshold', mode: 'enforce' },
    ],
    errors: [],
    decided_by: 'sdk',
    enforced: true,
    latency_us: 40,
    occurred_at: new Date(startMs + 30_000).toISOString(),
  });
  script.add({
    kind: 'signal',
    signal_id: randomUUID(),
    session_id: script.id,
    type: 'guardrail',
    subtype: 'step_limit',
    action: 'abort',
    severity: 'critical',
    policy_id: 'loop guard',
    message: 'steps 40 reached the limit',
    data: { threshold: 40, found: 40 },
    occurred_at: new Date(startMs + 30_000).toISOString(),
  });
  script.add({
    kind: 'session.metrics',
    session_id: script.id,
    metrics: { goal_completed: false, score: 0.31 },
    recorded_at: new Date(startMs + 31_000).toISOString(),
  });
  script.end(161_000);
  return script;
}

const open = (path: string, theme: 'light' | 'dark' = 'light') =>
  openSignedIn(browser, server, path, { theme });
const timeline = (page: Page) => page.getByRole('treegrid', { name: 'Events' });
const rows = (page: Page) => timeline(page).locator('[role=row][aria-level]');
const names = async (page: Page) => {
  await rows(page).first().waitFor();
  const texts = await rows(page).getByRole('rowheader').allTextContents();
  return texts.map((text) => text.trim());
};

test('the drawer shows what a session is, where it stands, and that all of it is here (D1)', async () => {
  const page = await open(`/sessions?session=${run.id}`);
  const drawer = page.getByRole('complementary', { name: 'Session' });
  await drawer.getByRole('heading', { name: 'Research competitor pricing' }).waitFor();
  const head = (await drawer.locator('header').textContent()) ?? '';
  for (const part of [
    'Done',
    'aborted',
    '1 call without price',
    'web-researcher v3 · production',
    '9 of 9 received',
    '1 child',
    '2 m 41 s',
    '$0.0291 Σ $0.2791',
    '12.5 k in · 1.1 k out',
    'Steps4',
    'Errors1',
    '✗ not completed · 0.31',
  ]) {
    expect(head).toContain(part);
  }
  expect(await page.getByText('Aborted before call 41').locator('..').textContent()).toBe(
    'Aborted before call 41: steps 40 ≥ 40, policy loop guard rev 3. By the SDK, 0.04 ms.',
  );
  await page.getByRole('button', { name: '9 of 9 received' }).click();
  expect(await page.getByText('Everything that was sent is here.').isVisible()).toBe(true);
  expect(problemsOf(page)).toEqual([]);
});

test('the timeline nests events and stands the child session among them', async () => {
  const page = await open(`/sessions?session=${run.id}`);
  await timeline(page).getByText('Fetch the beta pages').waitFor();
  expect(await names(page)).toEqual([
    'decisionplan search first',
    'llmclaude-sonnet-4-5',
    'toolweb.search',
    'toolweb.fetch',
    'errorbeta.example did not answer',
    'llmnobody-knows',
    'sessionFetch the beta pages page-reader',
  ]);
  const levels = await rows(page).evaluateAll((all) =>
    all.map((row) => row.getAttribute('aria-level')),
  );
  expect(levels).toEqual(['1', '1', '2', '2', '1', '1', '1']);
});

test('by type, by words and by content; the URL keeps it', async () => {
  const page = await open(`/sessions?session=${run.id}`);
  await page.getByRole('button', { name: 'error 1' }).click();
  await page.getByText('1 of 6 events').waitFor();
  expect(await names(page)).toEqual(['errorbeta.example did not answer']);
  await page.getByRole('button', { name: 'error 1' }).click();
  await page.getByRole('searchbox', { name: 'Search inside the session' }).fill('needle');
  await page.getByText('1 of 6 events').waitFor();
  expect(await names(page)).toEqual(['llmclaude-sonnet-4-5', 'toolweb.search']);
  expect(new URL(page.url()).searchParams.get('find')).toBe('needle');
  await page.reload();
  await page.getByText('1 of 6 events').waitFor();
  expect(await names(page)).toEqual(['llmclaude-sonnet-4-5', 'toolweb.search']);
});

test('a call reads as a conversation with its cost taken apart (C1)', async () => {
  const page = await open(`/sessions?session=${run.id}&event=${callId}`);
  const panel = page.getByRole('region', { name: 'Event' });
  await panel.getByText('Compare the Pro plans.').waitFor();
  const text = (await panel.textContent()) ?? '';
  expect(text).toContain(
    '6.0 s · first token 1.0 s · 12,480 in (9,216 cached) · 1,102 out · $0.0291',
  );
  expect(text).toContain('systemBe brief.');
  expect(text).toContain('assistantanswerAcme lists Pro at $29.');
  expect(await panel.locator('table tr').allTextContents()).toEqual([
    'ClassTokensUSD / millionCost',
    'input3,2643$0.009792',
    'cache read9,2160.3$0.0027648',
    'output1,10215$0.01653',
    'Total$0.0290868',
  ]);
});

test('without content the page says that capture is off and how to turn it on', async () => {
  const page = await open(`/sessions?session=${run.id}`);
  await rows(page).filter({ hasText: 'web.fetch' }).click();
  const panel = page.getByRole('region', { name: 'Event' });
  await panel.getByText('Content capture is off').waitFor();
  expect(await panel.textContent()).toContain('niitaka.configure(capture_content=True)');
});

test('everything by keyboard: move, open, fold, change the tab, close', async () => {
  const page = await open(`/sessions?session=${run.id}`);
  await rows(page).first().waitFor();
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await page.keyboard.press('ArrowLeft');
  await rows(page).filter({ hasText: 'web.search' }).waitFor({ state: 'detached' });
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await page.getByRole('region', { name: 'Event' }).getByText('acme pricing').waitFor();
  await page.keyboard.press('j');
  await page.getByRole('region', { name: 'Event' }).getByText('Content capture is off').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('region', { name: 'Event' }).waitFor({ state: 'detached' });
  await page.keyboard.press(']');
  await page.getByText('By token class').waitFor();
  await page.keyboard.press('[');
  await rows(page).first().waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('complementary', { name: 'Session' }).waitFor({ state: 'detached' });
  expect(new URL(page.url()).pathname).toBe('/sessions');
  expect(problemsOf(page)).toEqual([]);
});

test('the cost tab leads from a number to its events, and lists what has no price (S6)', async () => {
  const page = await open(`/sessions?session=${run.id}&tab=cost`);
  await page.getByRole('button', { name: /^1 call without a price \$0/ }).waitFor();
  expect(await page.getByText('own cost').textContent()).toContain(
    '$0.0290868 own cost · $0.2500 in 1 session below',
  );
  const table = page.getByRole('table', { name: 'By model', exact: true });
  expect(await table.getByRole('row').allTextContents()).toEqual([
    'claude-sonnet-4-5anthropic · 1 call · 12,480 in, 1,102 out$0.0291',
    'nobody-knows1 call · 5 in, 0 out · 1 without priceno price',
  ]);
  await table.getByRole('button', { name: 'nobody-knows' }).click();
  await page.getByText('1 of 6 events').waitFor();
  expect(await names(page)).toEqual(['llmnobody-knows']);
});

test('signals, decisions and metrics say what arrived', async () => {
  const page = await open(`/sessions?session=${run.id}&tab=decisions`);
  await page.getByRole('button', { name: '2 policies considered' }).click();
  expect(await page.getByRole('row').filter({ hasText: 'spend' }).textContent()).toContain(
    'below its threshold',
  );
  await page.getByRole('tab', { name: /Signals/ }).click();
  await page.getByText('steps 40 reached the limit').waitFor();
  await page.getByRole('tab', { name: /Metrics/ }).click();
  await page.getByText('team:').waitFor();
  expect(await page.getByText('48213').isVisible()).toBe(true);
});

test.each(['light', 'dark'] as const)('the timeline is accessible (%s)', async (theme) => {
  const page = await open(`/sessions/${run.id}?event=${callId}`, theme);
  await page.getByText('Compare the Pro plans.').waitFor();
  expect(await axeProblems(page)).toEqual([]);
});

test.each(['cost', 'signals', 'decisions', 'metrics'])('the %s tab is accessible', async (tab) => {
  const page = await open(`/sessions/${run.id}?tab=${tab}`);
  await page.getByRole('tabpanel').locator('section').locator('h2, li, dt').first().waitFor();
  expect(await axeProblems(page)).toEqual([]);
});

test('a running session grows live: events, figures, what it waits for, its end', async () => {
  const live = sessionScript(Date.now() - 5_000, { goal: 'Answer a ticket', agent_id: 'router' });
  live.event('llm', 100, { name: 'gpt-5', ms: null, data: { model: 'gpt-5' } });
  await server.ingest(live.records.splice(0));
  const page = await open(`/sessions?session=${live.id}`);
  await page
    .getByText(/in gpt-5 for \d+ s/)
    .first()
    .waitFor();
  const inList = page.getByRole('treegrid', { name: 'Sessions' }).getByRole('row');
  await inList.filter({ hasText: /Answer a ticket.*in gpt-5 for \d+ s/ }).waitFor();
  live.event('tool', 4_000, { name: 'crm.lookup', ms: 300 });
  live.event('error', 4_500, { data: { kind: 'timeout', message: 'the crm is slow' } });
  await server.ingest(live.records.splice(0));
  await rows(page).filter({ hasText: 'crm.lookup' }).waitFor();
  await page.getByRole('button', { name: 'error 1' }).waitFor();
  live.end(6_000);
  await server.ingest(live.records.splice(0));
  await page.getByRole('complementary').getByText('Done', { exact: true }).waitFor();
  expect(await rows(page).filter({ hasText: 'unfinished' }).count()).toBe(1);
  expect(problemsOf(page)).toEqual([]);
});

test('children and signals beyond one page of the API are all there', async () => {
  const parent = sessionScript(Date.now() - 60_000, { goal: 'Fan out', agent_id: 'router' });
  parent.event('log', 0, { data: { message: 'begins' } });
  const time = (ms: number) => new Date(Date.now() - 60_000 + ms).toISOString();
  const many = Array.from({ length: 510 }, (_each, index) => index);
  await server.ingest([
    ...parent.records,
    ...many.map((index) => ({
      kind: 'session.start' as const,
      session_id: randomUUID(),
      goal: `Part ${index}`,
      agent_id: 'worker',
      parent_session_id: parent.id,
      started_at: time(index),
    })),
    ...many.map((index) => ({
      kind: 'signal' as const,
      signal_id: randomUUID(),
      session_id: parent.id,
      type: 'control',
      subtype: 'retry',
      severity: 'info' as const,
      message: `Retry ${index}`,
      occurred_at: time(index),
    })),
  ]);
  const page = await open(`/sessions/${parent.id}`);
  await rows(page).filter({ hasText: '510' }).waitFor();
  await page.getByRole('tab', { name: /Signals/ }).click();
  await page.getByText('Retry 0', { exact: true }).waitFor();
  expect(await page.getByText(/^Retry \d+$/).count()).toBe(510);
});

test('the strip zooms by keyboard alone', async () => {
  const page = await open(`/sessions/${run.id}`);
  const strip = page.getByRole('slider', { name: /Stretch of the session/ });
  await strip.focus();
  expect(await strip.getAttribute('aria-valuetext')).toBe('the whole session');
  await page.keyboard.press('+');
  await page.getByRole('button', { name: 'Show the whole session' }).waitFor();
  await page.keyboard.press('Home');
  expect(await strip.getAttribute('aria-valuetext')).toMatch(/^0 ms to /);
  await page.keyboard.press('0');
  expect(await strip.getAttribute('aria-valuetext')).toBe('the whole session');
});

test('a session that is not here says so and leads back', async () => {
  const page = await open(`/sessions/${randomUUID()}`);
  await page.getByText('This session is not here').waitFor();
  await page.getByRole('button', { name: 'Back to sessions' }).last().click();
  await page.getByRole('heading', { name: 'Sessions' }).waitFor();
});
