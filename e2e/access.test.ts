import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { axeProblems, openBrowser, openSignedIn, openWindow, problemsOf } from './browser.ts';
import { startServer, testKey, type TestServer } from './server.ts';

let server: TestServer;
let browser: Browser;

beforeAll(async () => {
  [server, browser] = await Promise.all([startServer(), openBrowser()]);
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

test('a page that is not signed in leads to the sign-in page, and back after an admin key (O3)', async () => {
  const page = await openWindow(browser);
  await page.goto(`${server.url}/settings/keys?env=staging`);
  await page.getByRole('heading', { name: 'Sign in to Niitaka' }).waitFor();
  expect(await axeProblems(page)).toEqual([]);
  await page.getByLabel('Admin key').fill('nk_wrong');
  await page.getByRole('button', { name: 'Sign in' }).click();
  expect(await page.getByRole('alert').textContent()).toContain('API key is not known');
  await page.getByLabel('Admin key').fill(testKey);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Settings' }).waitFor();
  expect(new URL(page.url()).pathname + new URL(page.url()).search).toBe(
    '/settings/keys?env=staging',
  );
});

test('a sign-in link works once (O3)', async () => {
  const link = await server.link();
  const first = await openWindow(browser);
  await first.goto(link);
  await first.getByRole('heading', { name: 'Record your first session' }).waitFor();
  const second = await openWindow(browser);
  await second.goto(link);
  await second.getByRole('alert').waitFor();
  expect(problemsOf(first).filter((text) => !text.includes('401'))).toEqual([]);
});

test('a new key is shown once and can be revoked (O2)', async () => {
  const page = await openSignedIn(browser, server, '/settings/keys');
  await page.getByLabel('Name of the new key').fill('ci');
  await page.getByRole('button', { name: 'Make a key' }).click();
  const shown = page.getByRole('status').filter({ hasText: 'never shown again' });
  expect(await shown.locator('code').textContent()).toMatch(/^nk_/);
  await page.reload();
  const row = page.getByRole('row', { name: /ci/ });
  await row.waitFor();
  expect(await shown.count()).toBe(0);
  expect(await axeProblems(page)).toEqual([]);
  await row.getByRole('button', { name: 'Revoke' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
  await row.getByText('revoked').waitFor();
  expect(problemsOf(page)).toEqual([]);
});

test('a person is invited by a link, with a role, and revoked (O3)', async () => {
  const page = await openSignedIn(browser, server, '/settings/people');
  await page.getByLabel('Whom to invite').fill('Ada');
  await page.getByRole('button', { name: 'Make a link' }).click();
  const link = await page.getByRole('status').locator('code').textContent();
  const ada = await openWindow(browser);
  await ada.goto(link ?? '');
  await ada.getByRole('button', { name: 'Ada' }).waitFor();
  await page.reload();
  const row = page.getByRole('row', { name: /Ada/ });
  await row.getByRole('button', { name: 'Revoke' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
  await ada.getByRole('heading', { name: 'Sign in to Niitaka' }).waitFor();
  await page.getByRole('link', { name: 'Audit log' }).click();
  await page
    .getByRole('cell', { name: /revoke/ })
    .first()
    .waitFor();
  expect(await axeProblems(page)).toEqual([]);
});

test('the sections of Settings are no wider than a phone, whatever their tables hold', async () => {
  const look = { theme: 'dark', width: 390, height: 844 } as const;
  const page = await openSignedIn(browser, server, '/settings/keys', look);
  const overflow = () =>
    page.evaluate(() => document.documentElement.scrollWidth - globalThis.innerWidth);
  for (const section of ['keys', 'people', 'audit']) {
    await page.goto(`${server.url}/settings/${section}`);
    await page.getByRole('table').getByRole('row').nth(1).waitFor();
    expect(`${section} ${await overflow()}`).toBe(`${section} 0`);
  }
});

test('signing out ends the browser session', async () => {
  const page = await openSignedIn(browser, server, '/settings/appearance');
  await page.getByRole('button', { name: 'Dark' }).click();
  expect(await page.locator('html').getAttribute('data-theme')).toBe('dark');
  await page.reload();
  expect(await page.locator('html').getAttribute('data-theme')).toBe('dark');
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('button').last().click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.getByRole('heading', { name: 'Sign in to Niitaka' }).waitFor();
  await page.goto(`${server.url}/sessions`);
  await page.getByRole('heading', { name: 'Sign in to Niitaka' }).waitFor();
});
