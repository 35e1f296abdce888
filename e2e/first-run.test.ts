import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { axeProblems, openBrowser, openSignedIn, problemsOf } from './browser.ts';
import { sessionRecords } from './records.ts';
import { startServer, type TestServer } from './server.ts';

let server: TestServer;
let browser: Browser;

beforeAll(async () => {
  [server, browser] = await Promise.all([startServer(), openBrowser()]);
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

test('the first visit gives a program with a real key and shows its session when it arrives (O3)', async () => {
  const page = await openSignedIn(browser, server);
  await page.getByRole('heading', { name: 'Record your first session' }).waitFor();
  expect(await axeProblems(page)).toEqual([]);
  await page.getByRole('button', { name: 'Make a key for this snippet' }).click();
  const snippet = page.locator('pre', { hasText: 'niitaka.configure' });
  await snippet.filter({ hasNotText: 'nk_…' }).waitFor();
  const code = (await snippet.textContent()) ?? '';
  const key = /api_key="(nk_[^"]+)"/.exec(code)?.[1] ?? '';
  expect(code).toContain(`api_url="${server.url}"`);
  await page.getByRole('button', { name: 'TypeScript' }).click();
  expect(await page.locator('pre', { hasText: 'startSession' }).textContent()).toContain(key);
  const { id, records } = sessionRecords({
    goal: 'Say hello',
    startMs: Date.now(),
    agent: 'my-agent',
  });
  const answer = await fetch(`${server.url}/api/v1/ingest`, {
    method: 'POST',
    headers: { 'x-api-key': key, 'content-type': 'application/json' },
    body: JSON.stringify({ records }),
  });
  expect(answer.status).toBe(200);
  await page.waitForURL((url) => url.searchParams.get('session') === id);
  await page
    .getByRole('complementary', { name: 'Session' })
    .getByText('Say hello')
    .first()
    .waitFor();
  expect(problemsOf(page)).toEqual([]);
});

test('sample sessions are loaded with one click and removed with another (O3)', async () => {
  const page = await openSignedIn(browser, server, '/settings/samples');
  await page.getByRole('button', { name: 'Load sample data' }).waitFor();
  expect(await axeProblems(page)).toEqual([]);
  await page.getByRole('button', { name: 'Load sample data' }).click();
  await page.getByText('Sample sessions are being recorded').waitFor();
  await page.goto(`${server.url}/sessions?env=all&range=30d&tag=sample:true`);
  await page.getByRole('treegrid').getByRole('row').nth(3).waitFor();
  await expect
    .poll(async () => (await server.api<{ state: string }>('GET', '/samples')).state, {
      timeout: 90_000,
    })
    .toBe('done');
  await page.goto(`${server.url}/settings/samples`);
  await page.getByRole('button', { name: 'Remove sample data' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove sample data' }).click();
  await page.getByText(/sample sessions removed/).waitFor();
  await page.goto(`${server.url}/sessions?env=all&range=30d`);
  await page.getByRole('row').filter({ hasText: 'Say hello' }).waitFor();
  expect(await page.getByRole('row').count()).toBe(2);
}, 120_000);
