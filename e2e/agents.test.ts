import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { InvitedPerson } from '@niitaka/protocol/access.ts';
import type { AgentVersion } from '@niitaka/protocol/agent.ts';
import { axeProblems, openBrowser, openSignedIn, openWindow, problemsOf } from './browser.ts';
import { sessionRecords } from './records.ts';
import { startServer, type TestServer } from './server.ts';

let server: TestServer;
let browser: Browser;

beforeAll(async () => {
  [server, browser] = await Promise.all([startServer(), openBrowser()]);
  const sessions = [
    sessionRecords({ goal: 'Route a ticket', agent: 'support-router', costUsd: 0.5 }),
    sessionRecords({ goal: 'Route another', agent: 'support-router', durationMs: null }),
    sessionRecords({ goal: 'Sort the inbox', agent: 'mail-sorter', errors: 2 }),
    sessionRecords({ goal: 'Plan the week', agent: 'planner', costUsd: 2 }),
  ];
  await server.ingest(sessions.flatMap(({ records }) => records));
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

const cards = (page: Page): Locator => page.getByRole('list', { name: 'Agents' }).locator('> li');
const names = (page: Page) => cards(page).getByRole('link').allTextContents();
const search = (page: Page) => new URL(page.url()).searchParams;

async function openAgents(path = '/agents', look = {}): Promise<Page> {
  const page = await openSignedIn(browser, server, path, look);
  await page.getByText('Live', { exact: true }).waitFor();
  return page;
}

test('every agent has a card with its status as a word and its figures (A1, A2)', async () => {
  const page = await openAgents('/sessions');
  await page.getByRole('link', { name: 'Agents', exact: true }).click();
  const router = cards(page).filter({ hasText: 'support-router' });
  await router.getByText('Active', { exact: true }).waitFor();
  const figures = await router.locator('dl > div').allTextContents();
  expect(figures.slice(0, 4)).toEqual(['Running1', 'Cost$0.5184', 'Errors0 %', 'Steps1.0']);
  await router.getByText('2 sessions').waitFor();
  const sorter = cards(page).filter({ hasText: 'mail-sorter' });
  await sorter.getByText('Error', { exact: true }).waitFor();
  expect(await sorter.locator('dl > div').nth(2).textContent()).toBe('Errors100 %');
  expect(await axeProblems(page)).toEqual([]);
  expect(problemsOf(page)).toEqual([]);
});

test('the list is searched, narrowed and put in order, and the URL holds all of it', async () => {
  const page = await openAgents();
  await cards(page).nth(2).waitFor();
  await page.getByRole('button', { name: /^Sorted by/ }).click();
  await page.getByRole('menuitemradio', { name: 'Cost' }).click();
  await expect.poll(() => names(page)).toEqual(['planner', 'support-router', 'mail-sorter']);
  await page.getByRole('button', { name: /^Idle/ }).click();
  await expect.poll(() => names(page)).toEqual(['planner']);
  await page.keyboard.press('/');
  await page.keyboard.type('nobody');
  await page.getByText('No idle agent here').waitFor();
  await expect.poll(() => search(page).get('q')).toBe('nobody');
  expect(await axeProblems(page)).toEqual([]);
  await page.getByRole('button', { name: 'Clear the filters' }).click();
  await cards(page).nth(2).waitFor();
  await page.reload();
  await expect.poll(() => names(page)).toEqual(['planner', 'support-router', 'mail-sorter']);
  expect(search(page).get('sort')).toBe('cost');
  expect(problemsOf(page)).toEqual([]);
});

test('cards are reached by j and k and opened by Enter; the list is live', async () => {
  const page = await openAgents('/agents?sort=name');
  await cards(page).nth(2).waitFor();
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await page.keyboard.press('k');
  await server.ingest(
    sessionRecords({ goal: 'Sort again', agent: 'mail-sorter', durationMs: null }).records,
  );
  await cards(page)
    .filter({ hasText: 'mail-sorter' })
    .getByText('Active', { exact: true })
    .waitFor();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'mail-sorter' }).waitFor();
  await page.getByRole('table', { name: 'Newest sessions' }).getByText('Sort again').waitFor();
  expect(await axeProblems(page)).toEqual([]);
  await page.goBack();
  await cards(page).nth(2).waitFor();
  expect(problemsOf(page)).toEqual([]);
});

test("an agent's page shows its figures over time, also as a table, and leads to its sessions", async () => {
  const page = await openAgents('/agents/support-router');
  await page.getByRole('region', { name: 'Figures', exact: true }).getByText('$0.5184').waitFor();
  await page.getByRole('button', { name: 'Show as table' }).click();
  const table = page.getByRole('region', { name: 'Figures over time' });
  await table.getByRole('cell', { name: '2', exact: true }).waitFor();
  expect(await axeProblems(page)).toEqual([]);
  await page.getByRole('link', { name: 'All sessions of this agent' }).click();
  await page.getByRole('heading', { level: 1, name: 'Sessions' }).waitFor();
  expect(search(page).get('agent')).toBe('support-router');
  expect(problemsOf(page)).toEqual([]);
});

test('name, description and status are edited; archived agents leave the list (A1, A2)', async () => {
  const page = await openAgents('/agents/planner');
  await page.getByRole('button', { name: 'Edit' }).click();
  const dialog = page.getByRole('dialog', { name: 'Edit planner' });
  await dialog.getByLabel('Name').fill('');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect.poll(() => dialog.getByLabel('Name').getAttribute('aria-invalid')).toBe('true');
  expect(await axeProblems(page)).toEqual([]);
  await dialog.getByLabel('Name').fill('Week planner');
  await dialog.getByLabel('Description').fill('Plans the week of the team.');
  await dialog.getByRole('button', { name: 'Archived' }).click();
  await dialog.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('heading', { level: 1, name: 'Week planner' }).waitFor();
  await page.getByText('Archived', { exact: true }).waitFor();
  await page.getByRole('main').getByRole('link', { name: 'Agents', exact: true }).click();
  await cards(page).nth(1).waitFor();
  expect((await names(page)).includes('Week planner')).toBe(false);
  await page.getByRole('button', { name: 'With archived' }).click();
  await cards(page).filter({ hasText: 'Plans the week of the team.' }).waitFor();
  expect(search(page).get('archived')).toBe('yes');
  expect(problemsOf(page).filter((text) => !text.includes('422'))).toEqual([]);
});

test('a draft is made, compared, activated, and rolled back (A3)', async () => {
  const page = await openAgents('/agents/support-router?tab=versions');
  await page.getByText('No version yet').waitFor();
  expect(await axeProblems(page)).toEqual([]);
  await page.getByRole('button', { name: 'Make a draft' }).click();
  const editor = page.getByRole('dialog', { name: 'New draft' });
  await editor.getByLabel('Model', { exact: true }).fill('big-model');
  await editor.getByLabel('Temperature').fill('9');
  await editor.getByLabel('System prompt').fill('You route tickets.\nBe kind.\nSign as Ann.');
  await editor.getByRole('button', { name: 'Save the draft' }).click();
  await editor.getByText('A number of 0 to 2').waitFor();
  expect(await axeProblems(page)).toEqual([]);
  await editor.getByLabel('Temperature').fill('0.2');
  await editor.getByRole('button', { name: 'Save the draft' }).click();
  const first = page.getByRole('region', { name: 'Version 1' });
  await first.getByRole('button', { name: 'Activate' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Activate version 1' }).click();
  await first.getByText('active', { exact: true }).waitFor();

  await page.getByRole('button', { name: 'New draft from version 1' }).click();
  await editor.getByLabel('System prompt').fill('You route tickets.\nBe brief.\nSign as Ann.');
  await editor.getByLabel('Stop at (steps)').fill('40');
  await editor.getByRole('button', { name: 'Save the draft' }).click();
  const second = page.getByRole('region', { name: 'Version 2' });
  const fields = second.getByRole('table', { name: 'Fields side by side' });
  await fields.getByRole('row', { name: /Step limit – at 40 steps/ }).waitFor();
  const prompt = await second.getByRole('region', { name: 'Prompt line by line' }).textContent();
  expect(prompt).toContain('was: Be kind.');
  expect(prompt).toContain('is: Be brief.');
  expect(await axeProblems(page)).toEqual([]);
  await second.getByRole('button', { name: 'Activate' }).click();
  const ask = page.getByRole('dialog');
  await ask.getByText('Against version 1 it changes: step limit, prompt.').waitFor();
  await ask.getByRole('button', { name: 'Activate version 2' }).click();
  await second.getByText('active', { exact: true }).waitFor();

  await page.getByRole('list', { name: 'Versions' }).getByText('Version 1').click();
  await first.getByRole('button', { name: 'Roll back to it' }).click();
  await ask.getByRole('button', { name: 'Roll back to version 1' }).click();
  await first.getByText('active', { exact: true }).waitFor();
  expect(await stored()).toEqual(['2 archived', '1 active']);
  expect(problemsOf(page)).toEqual([]);
});

async function stored(): Promise<string[]> {
  const path = '/agents/support-router/versions';
  const { items } = await server.api<{ items: AgentVersion[] }>('GET', path);
  return items.map(({ number, state }) => `${number} ${state}`);
}

test('two admins change one draft: the later sees both, and says which stands (A3)', async () => {
  const path = '/agents/planner/versions';
  const { number } = await server.api<AgentVersion>('POST', path, { model: 'small-model' });
  const page = await openAgents(`/agents/planner?tab=versions&version=${number}&show=edit`);
  const editor = page.getByRole('dialog', { name: `Draft, version ${number}` });
  await editor.getByLabel('Model', { exact: true }).fill('my-model');
  await server.api('PATCH', `${path}/${number}`, { revision: 1, model: 'their-model' });
  await editor.getByRole('button', { name: 'Save the draft' }).click();
  const conflict = editor.getByRole('alert', { name: 'Changed at the same time' });
  await conflict.getByRole('row', { name: /Model their-model my-model/ }).waitFor();
  expect(await axeProblems(page)).toEqual([]);
  await conflict.getByRole('button', { name: 'Take revision 2' }).click();
  expect(await editor.getByLabel('Model', { exact: true }).inputValue()).toBe('their-model');
  await server.api('PATCH', `${path}/${number}`, { revision: 2, temperature: 1 });
  await editor.getByLabel('Model', { exact: true }).fill('my-model');
  await editor.getByRole('button', { name: 'Save the draft' }).click();
  await conflict.getByRole('button', { name: 'Save yours over it' }).click();
  await expect.poll(() => editor.count()).toBe(0);
  const { items } = await server.api<{ items: AgentVersion[] }>('GET', path);
  expect(items[0]).toMatchObject({ revision: 4, model: 'my-model', temperature: null });
  await page.getByRole('button', { name: 'Edit', exact: true }).last().click();
  await editor.getByLabel('Model', { exact: true }).fill('too-late');
  await server.api('POST', `${path}/${number}/activate`);
  await editor.getByRole('button', { name: 'Save the draft' }).click();
  await editor.getByText('it is active, and only a draft may change').waitFor();
  await page.getByText('active', { exact: true }).first().waitFor();
  expect(await editor.getByLabel('Model', { exact: true }).inputValue()).toBe('too-late');
  expect(problemsOf(page).filter((text) => !text.includes('409'))).toEqual([]);
});

test('what is typed into a draft is not lost by a key: Esc asks first', async () => {
  const page = await openAgents('/agents/support-router?tab=versions');
  await page.getByRole('button', { name: /^New draft from/ }).click();
  const editor = page.getByRole('dialog', { name: 'New draft' });
  await editor.getByLabel('Model', { exact: true }).fill('half a thought');
  await page.keyboard.press('Escape');
  await editor.getByRole('alert').getByText('What you typed is not stored.').waitFor();
  await editor.getByRole('button', { name: 'Discard it' }).click();
  await expect.poll(() => editor.count()).toBe(0);
});

test('its policies and signals stand on its page and lead on (A3)', async () => {
  await server.api('POST', '/policies', {
    name: 'loop guard',
    type: 'step_limit',
    agent_id: 'support-router',
    condition: { steps_exceeded: 40 },
    action: { type: 'abort' },
  });
  const page = await openAgents('/agents/support-router?tab=policies');
  await page.getByText('Stops a session of support-router before its 41st step').waitFor();
  expect(await axeProblems(page)).toEqual([]);
  await page.getByRole('tab', { name: 'Signals' }).click();
  await page.getByText('No signals in this range').waitFor();
  expect(search(page).get('tab')).toBe('signals');
});

test('who only reads sees agents and versions, and nothing to change them', async () => {
  const body = { name: 'Reader', role: 'read' };
  const { link } = await server.api<InvitedPerson>('POST', '/people', body);
  const page = await openWindow(browser);
  await page.goto(link);
  await page.getByRole('link', { name: 'Agents', exact: true }).click();
  await cards(page).filter({ hasText: 'support-router' }).getByRole('link').click();
  await page.getByRole('tab', { name: 'Versions' }).click();
  await page.getByRole('region', { name: 'Version 2' }).waitFor();
  for (const name of [/Edit/, /New draft/, /Activate/, /Roll back/]) {
    expect(await page.getByRole('button', { name }).count()).toBe(0);
  }
  expect(problemsOf(page)).toEqual([]);
});

test.each(['light', 'dark'] as const)('list, agent and versions fit a phone, %s', async (theme) => {
  const look = { theme, width: 390, height: 844 };
  const page = await openAgents('/agents', look);
  await cards(page).nth(1).waitFor();
  const overflow = () =>
    page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(await overflow()).toBe(0);
  expect(await axeProblems(page)).toEqual([]);
  await page.goto(`${server.url}/agents/support-router?tab=versions&version=2`);
  await page.getByRole('region', { name: 'Version 2' }).waitFor();
  expect(await overflow()).toBe(0);
  expect(await axeProblems(page)).toEqual([]);
});

test('an agent that is not here says so and leads back (A1)', async () => {
  const page = await openAgents('/agents/nobody');
  await page.getByText('This agent is not here').waitFor();
  expect(await axeProblems(page)).toEqual([]);
  await page.getByRole('link', { name: 'Back to agents' }).click();
  await cards(page).first().waitFor();
  expect(new URL(page.url()).pathname).toBe('/agents');
});
