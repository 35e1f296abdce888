import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { axeProblems, openBrowser, openSignedIn, problemsOf } from './browser.ts';
import { startServer, type TestServer } from './server.ts';
import { sessionScript } from './session-records.ts';

let server: TestServer;
let browser: Browser;

const startMs = Date.now() - 3_600_000;

beforeAll(async () => {
  [server, browser] = await Promise.all([startServer(), openBrowser()]);
  const scripts = [6, 2].map((steps) => {
    const script = sessionScript(startMs, { goal: `Make ${steps} steps` });
    for (let step = 0; step < steps; step += 1) {
      script.event('tool', step * 1_000, { name: 'list_mail', ms: 500 });
    }
    return script;
  });
  await server.ingest(scripts.flatMap(({ records }) => records));
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

async function openEditor(look = {}): Promise<Page> {
  const page = await openSignedIn(browser, server, '/policies?policy=new', look);
  await page.getByRole('dialog').getByLabel('Fires at (steps)').fill('4');
  return page;
}

test('a policy is run on history before it is made, and leads to the sessions at the event (P9)', async () => {
  const page = await openEditor();
  const run = page.getByRole('region', { name: 'Dry run' });
  await run.getByRole('button', { name: 'Run it on history' }).click();
  await run.getByText('It would have stopped 1 of 2 sessions in 7 d').waitFor();
  const item = run.getByRole('list', { name: 'Sessions it would have touched' });
  await item.getByText('4 ≥ 4 steps').waitFor();
  expect(await axeProblems(page)).toEqual([]);
  const [opened] = await Promise.all([
    page.context().waitForEvent('page'),
    item.getByRole('link', { name: /^Make 6 steps/ }).click(),
  ]);
  await opened.getByRole('heading', { name: 'Make 6 steps' }).waitFor();
  expect(new URL(opened.url()).searchParams.get('event')).toMatch(/^[0-9a-f-]{36}$/);
  await page.getByLabel('Fires at (steps)').fill('40');
  await run.getByText('This is of what was typed before: run it again.').waitFor();
  await run.getByRole('button', { name: 'Run it on history' }).click();
  await run.getByText('It would have done nothing in any of 2 sessions in 7 d').waitFor();
  expect(problemsOf(page)).toEqual([]);
});

test('a dry run is cancelled, and what the server refuses is told (P9)', async () => {
  const page = await openEditor();
  const run = page.getByRole('region', { name: 'Dry run' });
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  await page.route('**/policies/dry-run', async (route) => {
    await released;
    await route.continue().catch(() => undefined);
  });
  await run.getByRole('button', { name: 'Run it on history' }).click();
  await run.getByText('Counting the sessions …').waitFor();
  expect(await axeProblems(page)).toEqual([]);
  await run.getByRole('button', { name: 'Cancel the run' }).click();
  await run.getByRole('button', { name: 'Run it on history' }).waitFor();
  expect(await run.getByText('Counting the sessions …').count()).toBe(0);
  release();
  await page.unroute('**/policies/dry-run');
  await page.context().setOffline(true);
  await run.getByRole('button', { name: 'Run it on history' }).click();
  await run
    .getByRole('alert')
    .getByText(/the server could not be reached/)
    .waitFor();
});

test.each(['light', 'dark'] as const)('a dry run fits a phone, %s', async (theme) => {
  const page = await openEditor({ theme, width: 390, height: 844 });
  const run = page.getByRole('region', { name: 'Dry run' });
  const start = run.getByRole('button', { name: 'Run it on history' });
  await start.evaluate((button) => button.scrollIntoView({ block: 'end' }));
  await start.click();
  const told = run.getByText('It would have stopped 1 of 2 sessions in 7 d');
  await told.waitFor();
  const dialog = page.getByRole('dialog');
  const bottomOf = (part: Locator) => part.evaluate((one) => one.getBoundingClientRect().bottom);
  await expect
    .poll(async () => (await bottomOf(dialog)) - (await bottomOf(told)))
    .toBeGreaterThan(0);
  expect(await dialog.evaluate((one) => one.scrollWidth - one.clientWidth)).toBe(0);
  expect(await axeProblems(page)).toEqual([]);
});
