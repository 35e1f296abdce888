import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CommandList } from '@niitaka/protocol/control.ts';
import { axeProblems, openBrowser, openSignedIn, problemsOf } from './browser.ts';
import { startServer, type TestServer } from './server.ts';
import { sessionScript, type SessionScript } from './session-records.ts';

let server: TestServer;
let browser: Browser;
let run: SessionScript;

beforeAll(async () => {
  [server, browser] = await Promise.all([startServer(), openBrowser()]);
  const startMs = Date.now() - 5_000;
  run = sessionScript(startMs, { goal: 'Sort the inbox', agent_id: 'mail-sorter' });
  run.event('tool', 500, { name: 'list_mail', ms: 300 });
  const below = sessionScript(startMs + 1_000, { goal: 'Read one', parent_session_id: run.id });
  await server.ingest([...run.records, ...below.records]);
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

test('a running session is paused from its head: asked, delivered and obeyed are told as they come (G3)', async () => {
  const page = await openSignedIn(browser, server, `/sessions/${run.id}`);
  await page.getByRole('button', { name: 'Control' }).click();
  await page.getByRole('menuitem', { name: 'Pause…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Pause at the next step' });
  await dialog.getByLabel('For at most (minutes)').fill('30');
  await dialog.getByLabel(/Also the session below it/).check();
  expect(await axeProblems(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Pause at the next step' }).click();
  const log = page.getByRole('region', { name: 'Control' });
  await log.getByText('Pause the tree for up to 30 min').waitFor();
  await log.getByText('not delivered yet').waitFor();
  expect(await dialog.count()).toBe(0);
  await acknowledge('delivered');
  await log.getByText(/^delivered after/).waitFor();
  await acknowledge('obeyed');
  await log.getByText(/^obeyed after/).waitFor();
  expect(await axeProblems(page)).toEqual([]);
  await page.getByRole('button', { name: 'Control' }).click();
  await page.getByRole('menuitem', { name: 'Resume…' }).waitFor();
  expect(problemsOf(page)).toEqual([]);
});

test('a limit that would be raised is refused in words, and the dialog stays (G3)', async () => {
  const page = await openSignedIn(browser, server, `/sessions/${run.id}`);
  const limit = async (usd: string) => {
    await page.getByRole('button', { name: 'Control' }).click();
    await page.getByRole('menuitem', { name: 'Lower the limit…' }).click();
    await page.getByLabel('Cost (USD)').fill(usd);
    await page.getByRole('dialog').getByRole('button', { name: 'Lower the limit' }).click();
  };
  await limit('1');
  await page.getByText('Limit to $1').waitFor();
  await limit('2');
  await page.getByRole('alert').getByText('can only be lowered: 1 stands, got 2').waitFor();
  await page.keyboard.press('Escape');
  expect(await page.getByRole('dialog').count()).toBe(0);
});

test('a session can be ended without its agent, and offers no control then (G3, S4)', async () => {
  const page = await openSignedIn(browser, server, `/sessions/${run.id}`);
  await page.getByRole('button', { name: 'Control' }).click();
  await page.getByRole('menuitem', { name: 'End without the agent…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'End this session on the server' }).click();
  await page.getByText(/^obeyed after 0 s/).waitFor();
  await expect.poll(() => page.getByRole('button', { name: 'Control' }).count()).toBe(0);
});

async function acknowledge(state: 'delivered' | 'obeyed'): Promise<void> {
  const path = `/sessions/${run.id}/commands`;
  const { items } = await server.api<CommandList>('GET', path);
  const command = items[0];
  if (command === undefined) throw new Error('no command was given');
  const at = new Date().toISOString();
  const { id } = command;
  await server.ingest([{ kind: 'command.ack', session_id: run.id, command_id: id, state, at }]);
}
