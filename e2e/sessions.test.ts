import { readFileSync } from 'node:fs';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { axeProblems, openBrowser, openSignedIn, problemsOf } from './browser.ts';
import { sessionRecords } from './records.ts';
import { startServer, type TestServer } from './server.ts';

let server: TestServer;
let browser: Browser;
let parentId: string;

const minute = 60_000;

beforeAll(async () => {
  [server, browser] = await Promise.all([startServer(), openBrowser()]);
  const now = Date.now();
  const parent = sessionRecords({
    goal: 'Process customer support ticket',
    startMs: now - 5 * minute,
    metrics: { goal_completed: true, score: 0.8 },
  });
  parentId = parent.id;
  const others = [
    sessionRecords({
      goal: 'Draft reply for billing query',
      agent: 'reply-drafter',
      parent: parentId,
      startMs: now - 4 * minute,
      costUsd: 0.0151,
    }),
    sessionRecords({
      goal: 'Research competitor pricing',
      agent: 'web-researcher',
      startMs: now - 10 * minute,
      errors: 2,
      costUsd: 0.4837,
    }),
    sessionRecords({
      goal: 'Triage issue and propose labels',
      agent: 'repo-triage',
      startMs: now - 12 * minute,
      costUsd: null,
    }),
    sessionRecords({
      goal: 'Übersetze die Versionshinweise',
      agent: 'localiser',
      startMs: now - 20 * minute,
      environment: 'staging',
    }),
  ];
  await server.ingest([parent, ...others].flatMap((session) => session.records));
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

async function goals(page: Page): Promise<string[]> {
  await row(page, '').nth(1).waitFor();
  return page.locator('tbody tr [title]:is(.font-medium)').allTextContents();
}

test('the list shows each session with status, agent, cost and outcome', async () => {
  const page = await openSignedIn(browser, server);
  const text = (await row(page, 'Process customer support').textContent()) ?? '';
  expect(text).toContain('Done');
  expect(text).toContain('1 child');
  expect(text).toContain('$0.0184');
  expect(text).toContain('Σ $0.0335');
  expect(text).toContain('0.80');
  expect(await row(page, 'Triage issue').textContent()).toContain('no price');
  expect(await page.getByText('Total Cost').locator('..').textContent()).toContain('$0.5172');
  expect(await axeProblems(page)).toEqual([]);
  expect(problemsOf(page)).toEqual([]);
});

test('children open on demand and close again, by keyboard alone (S9)', async () => {
  const page = await openSignedIn(browser, server);
  await row(page, 'Process customer').waitFor();
  await page.keyboard.press('j');
  await page.keyboard.press('ArrowRight');
  await row(page, 'Draft reply').waitFor();
  expect(await row(page, 'Draft reply').getAttribute('aria-level')).toBe('2');
  expect(await row(page, 'Process customer').getAttribute('aria-expanded')).toBe('true');
  await page.keyboard.press('j');
  expect(await row(page, 'Draft reply').getAttribute('aria-selected')).toBe('true');
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowLeft');
  await row(page, 'Draft reply').waitFor({ state: 'detached' });
  await page.keyboard.press('Enter');
  await page.waitForURL((url) => url.searchParams.get('session') === parentId);
  await page.getByRole('complementary', { name: 'Session' }).waitFor();
  await page.keyboard.press('Escape');
  await page.waitForURL((url) => !url.searchParams.has('session'));
});

test('a chain deeper than ten levels ends in a line that opens the rest as a root (S9)', async () => {
  const startMs = Date.now() - 2 * minute;
  const records = [];
  let parent: string | undefined;
  for (let depth = 0; depth < 14; depth += 1) {
    const session = sessionRecords({
      goal: `Level ${depth}.`,
      environment: 'chains',
      startMs: startMs + depth * 1_000,
      ...(parent !== undefined && { parent }),
    });
    records.push(...session.records);
    parent = session.id;
  }
  await server.ingest(records);
  const page = await openSignedIn(browser, server, '/sessions?env=chains');
  await row(page, 'Level 0.').waitFor();
  await page.keyboard.press('j');
  for (let depth = 0; depth <= 10; depth += 1) {
    await row(page, `Level ${depth}.`).waitFor();
    await page.keyboard.press('ArrowRight');
    if (depth < 10) {
      await row(page, `Level ${depth + 1}.`).waitFor();
      await page.keyboard.press('ArrowRight');
    }
  }
  await page.getByRole('button', { name: '3 more below' }).click();
  await row(page, 'Level 11.').waitFor();
  expect(await row(page, 'Level 9.').count()).toBe(0);
  expect(await row(page, 'Level 11.').getAttribute('aria-level')).toBe('2');
  await page.getByRole('button', { name: 'All sessions' }).click();
  await row(page, 'Level 0.').waitFor();
});

test('the environment defaults to production and can be all (S10)', async () => {
  const page = await openSignedIn(browser, server);
  await row(page, 'Research').waitFor();
  expect(await row(page, 'Übersetze').count()).toBe(0);
  await page.getByRole('button', { name: 'Environment: production' }).click();
  await page.getByRole('menuitemradio', { name: 'All environments' }).click();
  await row(page, 'Übersetze').waitFor();
  expect(new URL(page.url()).searchParams.get('env')).toBe('all');
  await page.goBack();
  await row(page, 'Übersetze').waitFor({ state: 'detached' });
});

test('filters live in the URL, show as chips, and clear together', async () => {
  const page = await openSignedIn(browser, server, '/sessions?agent=web-researcher&cost=0.1..');
  await row(page, 'Research').waitFor();
  expect(await goals(page)).toEqual(['Research competitor pricing']);
  await page.getByRole('button', { name: 'Remove filter: Cost ≥ $0.1000' }).click();
  await page.waitForURL((url) => !url.searchParams.has('cost'));
  await page.getByRole('button', { name: 'Has errors' }).click();
  await row(page, 'Research').waitFor();
  await page.getByRole('button', { name: 'Clear all' }).click();
  await row(page, 'Triage').waitFor();
  expect(new URL(page.url()).search).toBe('');
  await page.getByRole('button', { name: 'Filter', exact: true }).click();
  expect(await axeProblems(page)).toEqual([]);
});

test('search finds word beginnings as typed, and a child keeps its parent in view (S11)', async () => {
  const page = await openSignedIn(browser, server);
  await row(page, 'Research').waitFor();
  await page.keyboard.press('/');
  await page.keyboard.type('draft bill');
  await page.waitForURL((url) => url.searchParams.get('q') === 'draft bill');
  await row(page, 'Research').waitFor({ state: 'detached' });
  expect(await row(page, 'Process customer').textContent()).toContain('1 matching below');
  await page.keyboard.type(' zzz');
  await page.getByText('No session matches these filters').waitFor();
  expect(await axeProblems(page)).toEqual([]);
  await page.getByRole('button', { name: 'Clear all filters' }).click();
  await row(page, 'Research').waitFor();
});

test('sorting by cost orders the list and says so', async () => {
  const page = await openSignedIn(browser, server);
  await row(page, 'Research').waitFor();
  await page.getByRole('columnheader', { name: 'Cost' }).getByRole('button').first().click();
  await page.waitForURL((url) => url.searchParams.get('sort') === '-cost');
  await expect
    .poll(() => goals(page))
    .toEqual([
      'Research competitor pricing',
      'Process customer support ticket',
      'Triage issue and propose labels',
    ]);
  expect(await page.getByRole('columnheader', { name: 'Cost' }).getAttribute('aria-sort')).toBe(
    'descending',
  );
});

test('columns hide, move and stay so for this browser', async () => {
  const page = await openSignedIn(browser, server);
  await row(page, 'Research').waitFor();
  await page.getByRole('button', { name: 'Columns' }).click();
  await page.getByRole('checkbox', { name: 'Score' }).uncheck();
  await page.getByRole('checkbox', { name: 'Tokens' }).check();
  await page.getByRole('button', { name: 'Move Status right' }).click();
  await page.reload();
  await row(page, 'Research').waitFor();
  const heads = await page.getByRole('columnheader').allTextContents();
  expect(heads).toEqual([
    'Goal',
    'Status',
    'Agent',
    'Started',
    'Duration',
    'Cost',
    'Steps',
    'Errors',
    'Met',
    'Tokens',
  ]);
});

test('a view keeps filters under a name', async () => {
  const page = await openSignedIn(browser, server, '/sessions?errors=yes');
  await row(page, 'Research').waitFor();
  await page.getByRole('button', { name: 'Views' }).click();
  await page.getByLabel('Name of the view').fill('Failing');
  await page.getByRole('button', { name: 'Keep' }).click();
  await page.getByRole('button', { name: 'Failing', exact: true }).waitFor();
  await page.goto(`${server.url}/sessions`);
  await page.getByRole('button', { name: 'Views' }).click();
  await page.getByRole('button', { name: 'Failing', exact: true }).click();
  await page.waitForURL((url) => url.searchParams.get('errors') === 'yes');
  await row(page, 'Triage').waitFor({ state: 'detached' });
});

test('the histogram stands as a table too, and a bar zooms', async () => {
  const page = await openSignedIn(browser, server);
  await page.getByRole('button', { name: 'Show as table' }).click();
  const table = page.getByRole('region', { name: 'Sessions by start' });
  await table.getByRole('button').last().click();
  await page.waitForURL((url) => url.searchParams.has('from') && url.searchParams.has('to'));
});

test('the histogram zooms by keyboard alone', async () => {
  const page = await openSignedIn(browser, server);
  await row(page, 'Research').waitFor();
  const bars = page.getByRole('slider', { name: /Sessions in \d+ bars/ });
  await bars.focus();
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('Shift+ArrowLeft');
  expect(await bars.getAttribute('aria-valuetext')).toMatch(/: 0 sessions$/);
  await page.keyboard.press('Escape');
  await page.keyboard.press('End');
  expect(await bars.getAttribute('aria-valuetext')).toMatch(/: 4 sessions, 1 with errors$/);
  await page.keyboard.press('Enter');
  await page.waitForURL((url) => url.searchParams.has('from') && url.searchParams.has('to'));
  expect(new URL(page.url()).searchParams.has('session')).toBe(false);
});

test('the command palette finds a session by its goal and opens it', async () => {
  const page = await openSignedIn(browser, server);
  await row(page, 'Research').waitFor();
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').waitFor();
  await page.keyboard.type('competitor');
  await page.getByRole('option', { name: /Research competitor pricing/ }).click();
  await page.waitForURL((url) => url.searchParams.has('session'));
  expect(problemsOf(page)).toEqual([]);
});

test('what is typed right after Ctrl-K arrives whole, however late the palette loads', async () => {
  const page = await openSignedIn(browser, server);
  await page.route(/palette-.*\.js$/, async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 700));
    await route.continue();
  });
  await row(page, 'Research').waitFor();
  await page.keyboard.press('Control+k');
  await page.keyboard.type('competitor');
  await page.getByRole('option', { name: /Research competitor pricing/ }).waitFor();
  expect(await page.getByRole('combobox').inputValue()).toBe('competitor');
});

test('on a narrow screen every filter can be reached', async () => {
  const page = await openSignedIn(browser, server, '/sessions', { width: 390, height: 844 });
  await page.getByRole('button', { name: 'Filter', exact: true }).click();
  const popup = page.getByRole('dialog', { name: 'Filters' });
  await popup.getByPlaceholder('Find an agent').waitFor();
  await expect.poll(async () => ((await popup.boundingBox())?.y ?? -1) >= 0).toBe(true);
  await popup.getByPlaceholder('key:value').scrollIntoViewIfNeeded();
  await popup.getByPlaceholder('key:value').click();
});

test('an export holds exactly the filtered list, with the columns on screen', async () => {
  const page = await openSignedIn(browser, server, '/sessions?agent=web-researcher,repo-triage');
  await row(page, 'Research').waitFor();
  await page.getByRole('button', { name: 'Export' }).click();
  const saved = page.waitForEvent('download');
  await page.getByRole('menuitem', { name: /CSV/ }).click();
  const download = await saved;
  expect(download.suggestedFilename()).toMatch(
    /^niitaka-sessions_\d{4}-\d\d-\d\d_\d{4}-\d\d-\d\d\.csv$/,
  );
  const lines = readFileSync(await download.path(), 'utf8')
    .trimEnd()
    .split('\r\n');
  expect(lines[0]).toBe(
    'id,status,goal,agent_id,agent_version,started_at,duration_ms,total_cost,tree_cost,unpriced_count,step_count,error_count,goal_completed,score,incomplete',
  );
  expect(lines.slice(1).map((line) => line.split(',')[2])).toEqual([
    'Research competitor pricing',
    'Triage issue and propose labels',
  ]);
  await page.getByText(/^Saved niitaka-sessions/).waitFor();
});

test('a narrow screen shows two-line rows and a bottom bar', async () => {
  const page = await openSignedIn(browser, server, '/sessions', {
    width: 390,
    height: 844,
    theme: 'dark',
  });
  await row(page, 'Research').waitFor();
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(width).toBe(390);
  expect(await row(page, 'Research').textContent()).toContain('2 errors');
  expect(await axeProblems(page)).toEqual([]);
});
