import { AxeBuilder } from '@axe-core/playwright';
import { chromium, type Browser, type Page } from 'playwright-core';
import { onTestFinished, vi } from 'vitest';
import { findChromium } from '../tools/setup/find-chromium.mjs';
import { testKey, type TestServer } from './server.ts';

// A page shares its machine with a server and other tests: a slow one is not a broken one.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

/** The address bar of a window that nobody sees has processes of its own, as busy as the page; the rest keeps it offline. */
const unusedFeatures = [
  'WebUIOmniboxPopup',
  'WebUIOmniboxFullPopup',
  'WebUIOmniboxAimPopup',
  // The switch replaces the one of Playwright: these are of its list.
  'AimEnabled',
  'AvoidUnnecessaryBeforeUnloadCheckSync',
  'DestroyProfileOnBrowserClose',
  'HttpsFirstBalancedModeAutoEnable',
  'HttpsUpgrades',
  'LensOverlay',
  'MediaRouter',
  'NetworkTimeServiceQuerying',
  'OptimizationHints',
  'PaintHolding',
  'PreconnectToSearch',
];

const flags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  `--disable-features=${unusedFeatures.join(',')}`,
];

/** The look of a browser window. */
export interface WindowOptions {
  readonly theme?: 'light' | 'dark';
  readonly width?: number;
  readonly height?: number;
}

/** A real Chromium; close it when done. */
export async function openBrowser(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === null) {
    throw new Error('no Chromium was found: install the package chromium, or run npm test');
  }
  return chromium.launch({ executablePath, args: flags });
}

/**
 * A window of its own, not signed in, closed when its test ends: an open page goes on working beside the next tests.
 * Console errors and broken scripts fail the test that asks for them.
 */
export async function openWindow(browser: Browser, options: WindowOptions = {}): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width: options.width ?? 1440, height: options.height ?? 900 },
    colorScheme: options.theme ?? 'light',
    reducedMotion: 'reduce',
    acceptDownloads: true,
  });
  onTestFinished(() => context.close());
  const page = await context.newPage();
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  problemsByPage.set(page, problems);
  return page;
}

/** The same, signed in with the key. */
export async function openSignedIn(
  browser: Browser,
  server: TestServer,
  path = '/sessions',
  options: WindowOptions = {},
): Promise<Page> {
  const page = await openWindow(browser, options);
  const answer = await page.request.post(`${server.url}/api/v1/session`, {
    data: { key: testKey },
    headers: { origin: server.url },
  });
  if (!answer.ok())
    throw new Error(`signing in answered ${answer.status()}: ${await answer.text()}`);
  await page.goto(`${server.url}${path}`);
  return page;
}

/** What broke in a page so far: errors of scripts, of the console, of the content policy. */
export function problemsOf(page: Page): readonly string[] {
  return problemsByPage.get(page) ?? [];
}

/** What axe finds wrong in the page by WCAG 2.2 AA, as `rule: element`. */
export async function axeProblems(page: Page): Promise<string[]> {
  const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
  // The other mode opens one more tab for each look, for frames of other origins: there are none here.
  const axe = new AxeBuilder({ page }).withTags(tags).setLegacyMode();
  const { violations } = await axe.analyze();
  return violations.flatMap((rule) =>
    rule.nodes.map((node) => `${rule.id}: ${node.html.slice(0, 160)}`),
  );
}

const problemsByPage = new WeakMap<Page, string[]>();
