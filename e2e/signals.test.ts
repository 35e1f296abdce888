import { randomUUID } from 'node:crypto';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { IngestRecord } from '@niitaka/protocol/ingest.ts';
import type { InvitedPerson } from '@niitaka/protocol/access.ts';
import { axeProblems, openBrowser, openSignedIn, openWindow, problemsOf } from './browser.ts';
import { startServer, type TestServer } from './server.ts';
import { sessionScript, type SessionScript } from './session-records.ts';

let server: TestServer;
let browser: Browser;
let run: SessionScript;
let eventId: string;

const dayMs = 86_400_000;
const startMs = Date.now() - 60_000;

function signal(message: string, more: Record<string, unknown> = {}): IngestRecord {
  return {
    kind: 'signal',
    signal_id: randomUUID(),
    session_id: run.id,
    agent_id: 'mail-sorter',
    type: 'guardrail',
    subtype: 'step_limit',
    action: 'warn',
    severity: 'warning',
    message,
    occurred_at: new Date(startMs + 10_000).toISOString(),
    ...more,
  } as IngestRecord;
}

beforeAll(async () => {
  [server, browser] = await Promise.all([startServer(), openBrowser()]);
  run = sessionScript(startMs, { goal: 'Sort the inbox', agent_id: 'mail-sorter' });
  eventId = run.event('tool', 500, { name: 'list_mail', ms: 300 });
  const other = sessionScript(startMs, { goal: 'Route a ticket', agent_id: 'router' });
  const staging = sessionScript(startMs, { goal: 'Try it', environment: 'staging' });
  await server.ingest([...run.records, ...other.records, ...staging.records]);
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

async function openFeed(path = '/signals', look = {}): Promise<Page> {
  const page = await openSignedIn(browser, server, path, look);
  await page.getByText('Live', { exact: true }).waitFor();
  return page;
}

const rows = (page: Page) => page.locator('main li');

test('an empty feed says why, and fills while it is watched (G2)', async () => {
  const page = await openFeed();
  await page.getByText('No signals in this range').waitFor();
  expect(await axeProblems(page)).toEqual([]);
  await server.ingest([signal('Made 25 steps', { event_id: eventId })]);
  await rows(page).filter({ hasText: 'Made 25 steps' }).waitFor();
  expect(await page.getByRole('heading', { level: 2 }).allTextContents()).toEqual([
    'Today1 signal',
  ]);
  expect(problemsOf(page)).toEqual([]);
});

test('signals stand by day, newest first, and a row opens its session at the event (G2)', async () => {
  await server.ingest([
    signal('Made 24 steps', { occurred_at: new Date(startMs + 9_000).toISOString() }),
    signal('Long ago', { occurred_at: new Date(startMs - 3 * dayMs).toISOString() }),
  ]);
  const page = await openFeed();
  await rows(page).nth(2).waitFor();
  const texts = await rows(page).allTextContents();
  expect(texts.map((text) => /Made \d+ steps|Long ago/.exec(text)?.[0])).toEqual([
    'Made 25 steps',
    'Made 24 steps',
    'Long ago',
  ]);
  expect(await page.getByRole('heading', { level: 2 }).count()).toBeGreaterThan(1);
  expect(await axeProblems(page)).toEqual([]);
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Sort the inbox' }).waitFor();
  const url = new URL(page.url());
  expect([url.pathname, url.searchParams.get('event')]).toEqual([`/sessions/${run.id}`, eventId]);
  await page.goBack();
  await rows(page).nth(2).waitFor();
  expect(problemsOf(page)).toEqual([]);
});

test('type, agent, range and environment are filters in the URL (G2, S10)', async () => {
  await server.ingest([
    signal('Call repeated', {
      type: 'control',
      subtype: 'retry',
      action: 'retry',
      severity: 'info',
    }),
    signal('The router stopped', { agent_id: 'router', action: 'abort', severity: 'critical' }),
    signal('The router stopped', { type: 'policy', subtype: 'policy_triggered', action: 'abort' }),
  ]);
  const page = await openFeed();
  await rows(page).nth(4).waitFor();
  await page.getByRole('button', { name: 'Control', exact: true }).click();
  await expect.poll(() => rows(page).count()).toBe(1);
  expect(await rows(page).textContent()).toContain('Call repeated');
  expect(new URL(page.url()).search).toBe('?type=control');
  await page.getByRole('button', { name: 'Policy', exact: true }).click();
  await expect.poll(() => rows(page).textContent()).toContain('policy triggered');
  await page.getByRole('button', { name: 'All', exact: true }).click();
  await page.getByRole('button', { name: 'Agent', exact: true }).click();
  await page.getByLabel('router').check();
  await expect.poll(() => rows(page).count()).toBe(1);
  expect(await rows(page).textContent()).toContain('The router stopped');
  await page.keyboard.press('Escape');
  expect(await axeProblems(page)).toEqual([]);
  await page.getByRole('button', { name: 'Every agent' }).click();
  await page.getByRole('button', { name: '24 h' }).click();
  await expect.poll(() => rows(page).count()).toBe(4);
  await page.goto(`${server.url}/signals?env=staging`);
  await page.getByText('No signals in this range').waitFor();
  await page.getByRole('button', { name: 'All environments' }).last().click();
  await rows(page).nth(4).waitFor();
  expect(problemsOf(page)).toEqual([]);
});

test.each([
  ['light', 1440],
  ['dark', 390],
] as const)(
  'what comes while the reader is further down waits behind a pill, %s',
  async (theme, width) => {
    const old = Array.from({ length: 130 }, (_, index) =>
      signal(`Old ${theme} ${index}`, {
        occurred_at: new Date(startMs - index * 1_000).toISOString(),
      }),
    );
    await server.ingest(old);
    const page = await openFeed('/signals', { theme, width, height: 800 });
    await rows(page).nth(99).waitFor();
    const scroller = page.getByRole('region', { name: 'Signals by day' });
    await scroller.evaluate((element) => element.scrollTo(0, 600));
    const seen = await rows(page).allTextContents();
    await server.ingest([signal(`Fresh ${theme}`, { occurred_at: new Date().toISOString() })]);
    const pill = page.getByRole('button', { name: '1 new' });
    await pill.waitFor();
    expect(await rows(page).allTextContents()).toEqual(seen);
    expect(await axeProblems(page)).toEqual([]);
    await pill.click();
    await expect.poll(() => rows(page).first().textContent()).toContain(`Fresh ${theme}`);
    expect(await scroller.evaluate((element) => element.scrollTop)).toBe(0);
    const overflow = () =>
      page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(await overflow()).toBe(0);
    await page.getByRole('heading', { name: /newest \d+ signals/ }).waitFor();
    await page.getByRole('button', { name: 'Older signals' }).click();
    await expect.poll(() => rows(page).count()).toBeGreaterThan(130);
    expect(problemsOf(page)).toEqual([]);
  },
);

test('each person has an unread count and dots, until the feed is marked as read (G2)', async () => {
  const body = { name: 'On call', role: 'read' };
  const { link } = await server.api<InvitedPerson>('POST', '/people', body);
  const page = await openWindow(browser);
  await page.goto(link);
  const nav = page.getByRole('link', { name: /^Signals/ });
  await server.ingest([signal('Since then', { occurred_at: new Date().toISOString() })]);
  await nav.getByText('1 signal not read').waitFor();
  await nav.click();
  const since = rows(page).filter({ hasText: 'Since then' });
  await since.getByText('Not read:').waitFor();
  expect(await page.getByText('Not read:').count()).toBe(1);
  expect(await axeProblems(page)).toEqual([]);
  await page.getByRole('button', { name: 'Mark all as read' }).click();
  await expect.poll(() => page.getByText('Not read:').count()).toBe(0);
  expect(await nav.textContent()).toBe('Signals');
  await server.ingest([signal('Once more', { occurred_at: new Date().toISOString() })]);
  await nav.getByText('1 signal not read').waitFor();
  const fresh = rows(page).filter({ hasText: 'Once more' });
  await fresh.getByText('Not read:').waitFor();
  expect(problemsOf(page)).toEqual([]);
});

test('a signal between the first read of a page and the beginning of its stream is counted (G2)', async () => {
  const body = { name: 'Early reader', role: 'read' };
  const { link } = await server.api<InvitedPerson>('POST', '/people', body);
  const page = await openWindow(browser);
  const { promise: isThere, resolve: letThrough } = Promise.withResolvers<void>();
  await page.route('**/api/v1/stream?**', async (route) => {
    await isThere;
    await route.continue();
  });
  const counted = page.waitForResponse((answer) => answer.url().endsWith('/signals?limit=1'));
  await page.goto(link);
  await counted;
  await server.ingest([signal('In between', { occurred_at: new Date().toISOString() })]);
  letThrough();
  await page
    .getByRole('link', { name: /^Signals/ })
    .getByText('1 signal not read')
    .waitFor();
});
