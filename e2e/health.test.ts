import { randomUUID } from 'node:crypto';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { axeProblems, openBrowser, openSignedIn, problemsOf } from './browser.ts';
import { startServer, type TestServer } from './server.ts';
import { sessionScript } from './session-records.ts';

let server: TestServer;
let browser: Browser;

beforeAll(async () => {
  [server, browser] = await Promise.all([startServer(), openBrowser()]);
  const run = sessionScript(Date.now() - 30_000, { goal: 'Sort the inbox' });
  for (let count = 0; count < 99; count += 1) run.event('tool', count * 100, { ms: 50 });
  await server.ingest(run.records);
  const sdk = {
    name: 'niitaka',
    version: '0.1.0',
    language: 'python',
    instance_id: randomUUID(),
    dropped: { disk_full: 1_204, queue_full: 3 },
  };
  await server.api('POST', '/ingest', { sdk, records: [] });
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

test.each([
  { theme: 'light', width: 1440 },
  { theme: 'dark', width: 390 },
] as const)('Settings tells how the server is, in $theme at $width (D1)', async (look) => {
  const page = await openSignedIn(browser, server, '/settings/health', look);
  await page.getByText('The server keeps up, and its storage answers').waitFor();
  const figure = async (label: string) => {
    const box = page.locator('dl > div').filter({ has: page.getByText(label, { exact: true }) });
    return (await box.locator('dd').first().textContent())?.trim();
  };
  expect(await figure('Queue age')).toBe('0 ms');
  expect(await figure('Storage errors')).toBe('0');
  expect(await figure('Answer p99')).toMatch(/^(\d+ ms|\d+\.\d s)$/);
  expect(await figure('Database')).toMatch(/^[\d.]+ [kM]B$/);
  const rows = page.getByRole('table', { name: 'Lost records by reason' }).locator('tbody tr');
  expect(await rows.allTextContents()).toEqual(['disk_full1,204', 'queue_full3']);
  expect(await axeProblems(page)).toEqual([]);
  expect(problemsOf(page)).toEqual([]);
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(overflow).toBeLessThanOrEqual(0);
  const cut = await page
    .locator('dl dd')
    .evaluateAll((all) => all.filter((one) => one.scrollWidth > one.clientWidth).length);
  expect(cut).toBe(0);
});

test('the figures move by themselves while records come in', async () => {
  const page = await openSignedIn(browser, server, '/settings/health');
  await page.getByText('The server keeps up').waitFor();
  const bars = page.getByRole('region', { name: 'Ingest' }).locator('rect');
  const before = await bars.count();
  const more = sessionScript(Date.now() - 10_000, { goal: 'Another' });
  await server.ingest(more.records);
  await expect.poll(() => bars.count(), { timeout: 20_000 }).toBeGreaterThan(before);
});
