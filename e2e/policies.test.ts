import { randomUUID } from 'node:crypto';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Policy } from '@niitaka/protocol/policy.ts';
import type { InvitedPerson } from '@niitaka/protocol/access.ts';
import { axeProblems, openBrowser, openSignedIn, openWindow, problemsOf } from './browser.ts';
import { sessionRecords } from './records.ts';
import { startServer, type TestServer } from './server.ts';

let server: TestServer;
let browser: Browser;

beforeAll(async () => {
  [server, browser] = await Promise.all([startServer(), openBrowser()]);
  await server.ingest(sessionRecords({ goal: 'Route a ticket', agent: 'support-router' }).records);
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

const row = (page: Page, name: string): Locator =>
  page.getByRole('table', { name: 'Policies' }).getByRole('row').filter({ hasText: name });

async function stored(name: string): Promise<Policy> {
  const { items } = await server.api<{ items: Policy[] }>('GET', '/policies');
  const found = items.find((policy) => policy.name === name);
  if (found === undefined) throw new Error(`there is no policy ${name}`);
  return found;
}

test('an empty list says why and makes the loop guard, in plain words (P1, P2)', async () => {
  const page = await openSignedIn(browser, server, '/sessions');
  await page.getByRole('link', { name: 'Policies' }).click();
  await page.getByText('No policy yet: nothing stops an agent').waitFor();
  expect(await axeProblems(page)).toEqual([]);
  await page.getByRole('button', { name: 'Make a loop guard' }).click();
  const dialog = page.getByRole('dialog', { name: 'New policy' });
  const preview = dialog.getByRole('status', { name: 'What it does' });
  await preview.getByText('Stops any session before its 41st step.').waitFor();
  await dialog.getByLabel('Agent').fill('support-router');
  await preview.getByText('Stops a session of support-router before its 41st step.').waitFor();
  expect(await axeProblems(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Make the policy' }).click();
  const line = row(page, 'loop guard');
  await line.waitFor();
  expect(await dialog.count()).toBe(0);
  const cells = await line.getByRole('cell').allTextContents();
  expect(cells.slice(0, 9)).toEqual([
    '0',
    'loop guardStops a session of support-router before its 41st step',
    'Step limitof the session',
    'steps ≥ 40abort',
    'support-router',
    'all',
    '0',
    '1',
    'Enforce',
  ]);
  expect((await stored('loop guard')).condition).toEqual({ steps_exceeded: 40 });
  expect(problemsOf(page)).toEqual([]);
});

test('every type is made in the editor; what is wrong is told at its field (P1, P2, P4)', async () => {
  const page = await openSignedIn(browser, server, '/policies');
  const make = page.getByRole('button', { name: 'New policy' });
  const dialog = page.getByRole('dialog', { name: 'New policy' });
  const save = dialog.getByRole('button', { name: 'Make the policy' });
  await make.click();
  await dialog.getByRole('button', { name: 'Cost limit' }).click();
  await dialog.getByLabel('Name').fill('dear run');
  await save.click();
  const amount = dialog.getByLabel('Fires above (USD)');
  expect(await amount.getAttribute('aria-invalid')).toBe('true');
  await expect.poll(() => amount.evaluate((field) => field === document.activeElement)).toBe(true);
  expect(await axeProblems(page)).toEqual([]);
  await amount.fill('0.50');
  await dialog.getByRole('button', { name: 'Warn' }).click();
  await dialog.getByLabel(/Priority/).fill('10');
  await dialog.getByText('Warns when any session costs more than $0.50.').waitFor();
  await save.click();
  await row(page, 'dear run').getByText('cost > $0.50').waitFor();

  await make.click();
  await dialog.getByRole('button', { name: 'Retry' }).click();
  await dialog.getByLabel('rate_limit').check();
  await dialog
    .getByText(
      'Repeats any call that failed with rate_limit up to 3 times, waiting at most 1, 2 and 4 s.',
    )
    .waitFor();
  expect(await axeProblems(page)).toEqual([]);
  await save.click();
  await row(page, 'retry 3 ×').waitFor();

  await make.click();
  await dialog.getByRole('button', { name: 'Fallback' }).click();
  await dialog.getByLabel('Go on with (model)').fill('small-model');
  await dialog.getByText('Goes on with small-model after any call that failed').waitFor();
  await save.click();
  await row(page, '→ small-model').waitFor();
  const first = page.getByRole('table', { name: 'Policies' }).locator('tbody tr').first();
  expect(await first.textContent()).toContain('dear run');
  expect(await axeProblems(page)).toEqual([]);
  expect(problemsOf(page)).toEqual([]);
});

test('a mode is switched in the list, and the history tells who changed what (P1)', async () => {
  const page = await openSignedIn(browser, server, '/policies');
  const line = row(page, 'loop guard');
  await line.getByRole('button', { name: 'Mode of loop guard: enforce' }).click();
  await page.getByRole('menuitemradio', { name: /Shadow/ }).click();
  await line.getByRole('button', { name: 'Mode of loop guard: shadow' }).waitFor();
  expect((await stored('loop guard')).mode).toBe('shadow');
  await line.getByRole('button', { name: 'Actions for loop guard' }).click();
  await page.getByRole('menuitem', { name: 'History…' }).click();
  const dialog = page.getByRole('dialog', { name: 'History of “loop guard”' });
  const revisions = dialog.getByRole('list', { name: 'Revisions' }).getByRole('listitem');
  await revisions.nth(1).waitFor();
  expect(await revisions.nth(0).getByRole('row').nth(1).textContent()).toBe('Modeenforceshadow');
  expect(await revisions.nth(1).textContent()).toContain('before its 41st step');
  expect(new URL(page.url()).searchParams.get('show')).toBe('history');
  expect(await axeProblems(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await expect.poll(() => new URL(page.url()).search).toBe('');
  expect(problemsOf(page)).toEqual([]);
});

test('of two admins the second sees both versions and decides which stands (P1)', async () => {
  const { id, revision } = await stored('loop guard');
  const page = await openSignedIn(browser, server, `/policies?policy=${id}`);
  const dialog = page.getByRole('dialog', { name: 'Change “loop guard”' });
  await dialog.getByLabel('Fires at (steps)').fill('50');
  await server.api('PATCH', `/policies/${id}`, { revision, condition: { steps_exceeded: 60 } });
  await dialog.getByRole('button', { name: 'Save the change' }).click();
  const conflict = dialog.getByRole('alert', { name: 'Changed at the same time' });
  await conflict.waitFor();
  expect(await conflict.getByRole('row').allTextContents()).toEqual([
    `FieldRevision ${revision + 1}Yours`,
    'Stepsat least 60at least 50',
  ]);
  expect(await axeProblems(page)).toEqual([]);
  await conflict.getByRole('button', { name: `Take revision ${revision + 1}` }).click();
  expect(await dialog.getByLabel('Fires at (steps)').inputValue()).toBe('60');
  await server.api('PATCH', `/policies/${id}`, { revision: revision + 1, priority: 3 });
  await dialog.getByLabel('Fires at (steps)').fill('70');
  await dialog.getByRole('button', { name: 'Save the change' }).click();
  await conflict.getByRole('button', { name: 'Save yours over it' }).click();
  await row(page, 'steps ≥ 70').waitFor();
  expect(await stored('loop guard')).toMatchObject({ revision: revision + 3, priority: 0 });
  expect(problemsOf(page).filter((text) => !text.includes('409'))).toEqual([]);
});

test('who only reads sees the policies and their history, and nothing to change them (P1)', async () => {
  const body = { name: 'Reader', role: 'read' };
  const { link } = await server.api<InvitedPerson>('POST', '/people', body);
  const page = await openWindow(browser);
  await page.goto(link);
  await page.getByRole('link', { name: 'Policies' }).click();
  const line = row(page, 'loop guard');
  await line.getByText('Shadow', { exact: true }).waitFor();
  expect(await page.getByRole('button', { name: 'New policy' }).count()).toBe(0);
  expect(await line.getByRole('button', { name: /Mode of/ }).count()).toBe(0);
  await line.getByRole('link', { name: 'loop guard' }).click();
  await page.getByRole('dialog', { name: 'History of “loop guard”' }).waitFor();
  await page.getByText('Revision 1', { exact: true }).waitFor();
  expect(problemsOf(page)).toEqual([]);
});

test.each(['light', 'dark'] as const)('the list and the editor fit a phone, %s', async (theme) => {
  const { id } = await stored('loop guard');
  const look = { theme, width: 390, height: 844 };
  const page = await openSignedIn(browser, server, '/policies', look);
  const list = page.getByRole('list', { name: 'Policies' });
  await list.getByRole('link', { name: 'loop guard' }).waitFor();
  const overflow = () =>
    page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(await overflow()).toBe(0);
  expect(await axeProblems(page)).toEqual([]);
  await page.goto(`${server.url}/policies?policy=${id}`);
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('status', { name: 'What it does' }).waitFor();
  expect(await dialog.evaluate((one) => one.scrollWidth - one.clientWidth)).toBe(0);
  expect(await axeProblems(page)).toEqual([]);
});

test('what was typed is not lost by a key: Esc asks first', async () => {
  const page = await openSignedIn(browser, server, '/policies');
  await page.getByRole('button', { name: 'New policy' }).click();
  const dialog = page.getByRole('dialog', { name: 'New policy' });
  await dialog.getByLabel('Name').fill('half a thought');
  await page.keyboard.press('Escape');
  await dialog.getByRole('alert').getByText('What you typed is not stored.').waitFor();
  expect(await axeProblems(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Keep editing' }).click();
  expect(await dialog.getByLabel('Name').inputValue()).toBe('half a thought');
  await page.keyboard.press('Escape');
  await dialog.getByRole('button', { name: 'Discard it' }).click();
  await expect.poll(() => dialog.count()).toBe(0);
});

test('the decisions of a session name its policy, and lead to its history (P7)', async () => {
  const { id, revision } = await stored('loop guard');
  const { id: sessionId, records } = sessionRecords({ goal: 'Go in circles' });
  const decision = {
    kind: 'trace' as const,
    trace_id: randomUUID(),
    session_id: sessionId,
    policy_id: id,
    policy_revision: revision,
    action: 'abort',
    inputs: { cost: 0.1, steps: 40 },
    considered: [{ policy_id: id, revision, result: 'matched', mode: 'enforce' }],
    errors: [],
    decided_by: 'sdk' as const,
    enforced: true,
    latency_us: 40,
    occurred_at: new Date().toISOString(),
  };
  await server.ingest([...records, decision]);
  const page = await openSignedIn(browser, server, `/sessions/${sessionId}`);
  await page.getByRole('button', { name: `policy loop guard rev ${revision}` }).click();
  await page.getByRole('link', { name: 'loop guard' }).first().click();
  await page.getByRole('dialog', { name: 'History of “loop guard”' }).waitFor();
  expect(problemsOf(page)).toEqual([]);
});

test('a policy is deleted after a question', async () => {
  const page = await openSignedIn(browser, server, '/policies', { theme: 'dark' });
  const line = row(page, 'dear run');
  await line.getByRole('button', { name: 'Actions for dear run' }).click();
  await page.getByRole('menuitem', { name: 'Delete…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Delete “dear run”?' });
  expect(await axeProblems(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Delete the policy' }).click();
  await expect.poll(() => line.count()).toBe(0);
  expect(problemsOf(page)).toEqual([]);
});
