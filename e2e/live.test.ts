import { randomUUID } from 'node:crypto';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBrowser, openSignedIn, problemsOf } from './browser.ts';
import { sessionRecords } from './records.ts';
import { startServer, type TestServer } from './server.ts';

let server: TestServer;
let browser: Browser;

const minute = 60_000;
const manySessions = 120;

beforeAll(async () => {
  [server, browser] = await Promise.all([startServer(), openBrowser()]);
  const now = Date.now();
  const records = Array.from({ length: manySessions }, (_, index) =>
    sessionRecords({ goal: `Old run ${index}`, startMs: now - 10 * minute - index * 1_000 }),
  );
  await server.ingest(records.flatMap((session) => session.records));
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

function row(page: Page, goal: string): Locator {
  return page
    .getByRole('treegrid', { name: 'Sessions' })
    .getByRole('row')
    .filter({ hasText: goal });
}

async function openLive(path = '/sessions'): Promise<Page> {
  const page = await openSignedIn(browser, server, path);
  await page.getByText('Live', { exact: true }).waitFor();
  await row(page, 'Old run 0').first().waitFor();
  return page;
}

test('a new session appears on top, and grows in place until it is done', async () => {
  const page = await openLive();
  const startMs = Date.now();
  const { id, records } = sessionRecords({ goal: 'Fresh run', startMs, durationMs: null });
  await server.ingest(records);
  await row(page, 'Fresh run').waitFor();
  expect(await page.locator('tbody tr').first().textContent()).toContain('Fresh run');
  expect(await row(page, 'Fresh run').textContent()).toContain('Running');
  const at = new Date(startMs + 500).toISOString();
  await server.ingest([
    {
      kind: 'event',
      session_id: id,
      event_id: randomUUID(),
      type: 'llm',
      name: 'gpt-5',
      started_at: at,
      ended_at: at,
      data: { provider: 'test', model: 'test-model', cost_usd: 1.25 },
    },
    { kind: 'session.end', session_id: id, ended_at: new Date(startMs + 1_000).toISOString() },
  ]);
  await row(page, 'Fresh run').filter({ hasText: '$1.27' }).waitFor();
  await row(page, 'Fresh run').filter({ hasText: 'Done' }).waitFor();
  expect(problemsOf(page)).toEqual([]);
});

test('while the reader is further down new sessions wait behind a pill', async () => {
  const page = await openLive();
  const scroller = page.locator('main > div').first();
  await scroller.evaluate((element) => element.scrollTo(0, 900));
  await page.waitForTimeout(300);
  const seen = await page.locator('tbody tr').allTextContents();
  const fresh = [1, 2].map((n) =>
    sessionRecords({ goal: `Waiting run ${n}`, startMs: Date.now() }),
  );
  await server.ingest(fresh.flatMap((session) => session.records));
  const pill = page.getByRole('button', { name: '2 new' });
  await pill.waitFor();
  const goalsOf = (texts: readonly string[]) => texts.map((text) => /Old run \d+/.exec(text)?.[0]);
  expect(goalsOf(await page.locator('tbody tr').allTextContents())).toEqual(goalsOf(seen));
  await pill.click();
  await row(page, 'Waiting run 2').waitFor();
  expect(await pill.count()).toBe(0);
});

test('an open tree keeps its rows when held back ones are shown (S9)', async () => {
  const parent = sessionRecords({ goal: 'Route a ticket', startMs: Date.now() - 1_000 });
  const child = sessionRecords({ goal: 'Draft a reply', parent: parent.id, startMs: Date.now() });
  await server.ingest([...parent.records, ...child.records]);
  const page = await openLive();
  await row(page, 'Route a ticket').getByRole('button', { name: 'Show children' }).click();
  await row(page, 'Draft a reply').waitFor();
  const scroller = page.locator('main > div').first();
  await scroller.evaluate((element) => element.scrollTo(0, 900));
  await page.waitForTimeout(300);
  await server.ingest(sessionRecords({ goal: 'Held back', startMs: Date.now() }).records);
  await page.getByRole('button', { name: '1 new' }).click();
  await row(page, 'Held back').waitFor();
  await row(page, 'Draft a reply').waitFor();
});

test('a running session of a filtered view comes in only when it matches', async () => {
  const page = await openLive('/sessions?agent=support-router');
  const now = Date.now();
  const other = sessionRecords({ goal: 'Other agent run', agent: 'planner', startMs: now });
  const same = sessionRecords({ goal: 'Same agent run', startMs: now });
  await server.ingest([...other.records, ...same.records]);
  await row(page, 'Same agent run').waitFor();
  expect(await row(page, 'Other agent run').count()).toBe(0);
});

test('after the server was away the page catches up without a gap', async () => {
  const page = await openLive();
  await server.halt();
  const cut = page.getByText('Catching up').or(page.getByText('Polling'));
  await cut.or(page.getByText('No connection')).waitFor();
  await server.restart();
  const { records } = sessionRecords({ goal: 'Run during the cut', startMs: Date.now() });
  await server.ingest(records);
  await row(page, 'Run during the cut').waitFor();
  await page.getByText('Live', { exact: true }).waitFor();
}, 90_000);

test('without a network the page says so, and goes on by itself once it is back', async () => {
  const page = await openLive();
  await page.waitForFunction(() => {
    const loaded = performance.getEntriesByType('resource').map((entry) => entry.name);
    return ['session-drawer', 'session-view'].every((part) =>
      loaded.some((name) => name.includes(part)),
    );
  });
  await page.context().setOffline(true);
  await page.getByText('No connection').waitFor();
  await row(page, 'Old run 0').first().click();
  await page.getByText('could not be reached').waitFor();
  expect(await row(page, 'Old run 1').count()).toBeGreaterThan(0);
  await page.context().setOffline(false);
  await page.getByText('Live', { exact: true }).waitFor();
  await page.getByRole('tab', { name: 'Timeline' }).waitFor();
  expect(await page.getByText('could not be reached').count()).toBe(0);
}, 90_000);

test('two tabs of a browser share one stream, and both show what is new', async () => {
  const first = await openLive();
  const second = await first.context().newPage();
  let streams = 0;
  second.on('request', (request) => {
    if (request.url().includes('/api/v1/stream')) streams += 1;
  });
  await second.goto(`${server.url}/sessions`);
  await second.getByText('Live', { exact: true }).waitFor();
  await server.ingest(sessionRecords({ goal: 'Seen twice', startMs: Date.now() }).records);
  await Promise.all([row(first, 'Seen twice').waitFor(), row(second, 'Seen twice').waitFor()]);
  expect(streams).toBe(0);
  await first.close();
  await server.ingest(sessionRecords({ goal: 'Seen by the heir', startMs: Date.now() }).records);
  await row(second, 'Seen by the heir').waitFor();
  expect(streams).toBe(1);
});
