import { readFile } from 'node:fs/promises';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ListedPolicy } from '@niitaka/protocol/policy.ts';
import { axeProblems, openBrowser, openSignedIn, problemsOf } from './browser.ts';
import { sessionRecords } from './records.ts';
import { startServer, type TestServer } from './server.ts';

let server: TestServer;
let browser: Browser;

beforeAll(async () => {
  [server, browser] = await Promise.all([startServer(), openBrowser()]);
  await server.ingest(sessionRecords({ goal: 'Route a ticket' }).records);
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

const file = `policies:
  - name: loop guard
    type: step_limit
    condition: { steps_exceeded: many }
    action: { type: abort }
  - name: retry
    type: retry
    action: { max_retries: 2 }
`;

const policies = async () =>
  (await server.api<{ items: ListedPolicy[] }>('GET', '/policies')).items.map(
    ({ name, revision }) => `${name} ${revision}`,
  );

async function openImport(look = {}): Promise<Page> {
  const page = await openSignedIn(browser, server, '/policies', look);
  await page.getByRole('button', { name: 'Import' }).click();
  return page;
}

test('a file is pasted, told where it is wrong, looked at, and taken (P8)', async () => {
  const page = await openImport();
  const dialog = page.getByRole('dialog', { name: 'Import policies' });
  const text = dialog.getByRole('textbox', { name: 'Policy file' });
  expect(await axeProblems(page)).toEqual([]);
  await text.fill(file);
  await dialog.getByRole('button', { name: 'Show what it changes' }).click();
  const problem = dialog.getByRole('list', { name: 'What is wrong' }).getByRole('listitem');
  await problem.getByText('many').first().waitFor();
  expect(await axeProblems(page)).toEqual([]);
  await problem.getByRole('button', { name: 'Line 4, column 34' }).click();
  const selected = await text.evaluate((area) => {
    const { value, selectionStart, selectionEnd } = area as HTMLTextAreaElement;
    return value.slice(selectionStart, selectionEnd);
  });
  expect(selected).toBe('many }');
  await text.fill(file.replace('many', '40'));
  await dialog.getByRole('button', { name: 'Show what it changes' }).click();
  await dialog.getByText('Makes 2 policies.', { exact: true }).waitFor();
  await dialog.getByText('Stops any session before its 41st step').waitFor();
  expect(await policies()).toEqual([]);
  expect(await axeProblems(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Apply 2 changes' }).click();
  await page.getByRole('table', { name: 'Policies' }).getByText('retry 2 ×').waitFor();
  expect((await policies()).toSorted()).toEqual(['loop guard 1', 'retry 1']);
  expect(problemsOf(page).filter((message) => !message.includes('422'))).toEqual([]);
});

test('what is exported is imported without a change, and with one where it was edited (P8)', async () => {
  const page = await openSignedIn(browser, server, '/policies');
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Export' }).click(),
  ]);
  expect(download.suggestedFilename()).toBe('niitaka-policies.yaml');
  const exported = await readFile(await download.path(), 'utf8');
  expect(exported).toContain('name: loop guard');
  await page.getByRole('button', { name: 'Import' }).click();
  const dialog = page.getByRole('dialog', { name: 'Import policies' });
  const chooser = dialog.getByLabel('Choose a policy file');
  const chosen = (text: string) => ({
    name: 'policies.yaml',
    mimeType: 'text/yaml',
    buffer: Buffer.from(text),
  });
  await chooser.setInputFiles(chosen(exported));
  await dialog.getByText('Changes nothing; 2 policies already as in the file.').waitFor();
  await expect
    .poll(() => dialog.getByRole('button', { name: 'Nothing to change' }).isDisabled())
    .toBe(true);
  await chooser.setInputFiles(chosen(exported.replace('steps_exceeded: 40', 'steps_exceeded: 60')));
  const row = dialog.getByRole('row', { name: 'Steps at least 40 at least 60' });
  await row.waitFor();
  const { items } = await server.api<{ items: ListedPolicy[] }>('GET', '/policies');
  const retry = items.find(({ name }) => name === 'retry');
  await server.api('PATCH', `/policies/${retry?.id}`, { revision: 1, priority: 1 });
  await dialog.getByRole('button', { name: 'Apply 1 change' }).click();
  await dialog.getByText('policies were changed since they were looked at').waitFor();
  expect(await axeProblems(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Show what it changes' }).click();
  await row.waitFor();
  await dialog.getByRole('button', { name: 'Apply 2 changes' }).click();
  await page.getByRole('table', { name: 'Policies' }).getByText('steps ≥ 60').waitFor();
  expect((await policies()).toSorted()).toEqual(['loop guard 2', 'retry 3']);
  expect(problemsOf(page).filter((text) => !text.includes('409'))).toEqual([]);
});

test.each(['light', 'dark'] as const)(
  'the import fits a phone, and asks before it is left, %s',
  async (theme) => {
    const page = await openImport({ theme, width: 390, height: 844 });
    const dialog = page.getByRole('dialog', { name: 'Import policies' });
    await dialog.getByRole('textbox', { name: 'Policy file' }).fill(file);
    await dialog.getByRole('button', { name: 'Show what it changes' }).click();
    await dialog.getByRole('button', { name: 'Line 4, column 34' }).waitFor();
    expect(await dialog.evaluate((one) => one.scrollWidth - one.clientWidth)).toBe(0);
    expect(await axeProblems(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await dialog.getByRole('alert').getByText('The file was not taken.').waitFor();
    await dialog.getByRole('button', { name: 'Leave' }).click();
    await expect.poll(() => dialog.count()).toBe(0);
  },
);
