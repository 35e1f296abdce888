import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { installSystemPackage } from './system-package.mjs';

const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];
const applications = [
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** The path of an installed Chromium or Chrome, null when there is none. */
export function findChromium() {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const candidates = folders.flatMap((folder) => names.map((name) => join(folder, name)));
  return [...candidates, ...applications].find((path) => existsSync(path)) ?? null;
}

/** The same, after asking the system's package manager for one where there is none. */
export async function ensureChromium() {
  const found = findChromium();
  if (found !== null) return found;
  console.log('No Chromium found: the page tests need one.');
  await installSystemPackage({ apt: 'chromium', brew: ['--cask', 'chromium'] });
  return findChromium();
}
