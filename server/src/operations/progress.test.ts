import { expect, test } from 'vitest';
import { openProgress } from './progress.ts';

function shownOn(isTTY: boolean, everyMs: number): string {
  let text = '';
  let now = 0;
  const stream = { isTTY, write: (part: string) => (text += part) };
  const progress = openProgress(stream, 'pages', () => now);
  for (let done = 0; done <= 2_000; done += 500) {
    progress.show(done, 2_000);
    now += everyMs;
  }
  progress.end();
  return text;
}

test('openProgress() draws a bar on a terminal, and takes it off', () => {
  const text = shownOn(true, 100);
  expect(text.split('\r\u001B[K')).toEqual([
    '',
    `${'░'.repeat(30)}   0 % pages, 0 of 2,000`,
    `${'█'.repeat(8)}${'░'.repeat(22)}  25 % pages, 500 of 2,000`,
    `${'█'.repeat(15)}${'░'.repeat(15)}  50 % pages, 1,000 of 2,000`,
    `${'█'.repeat(23)}${'░'.repeat(7)}  75 % pages, 1,500 of 2,000`,
    `${'█'.repeat(30)} 100 % pages, 2,000 of 2,000`,
    '',
  ]);
});

test('openProgress() draws at most ten times a second', () => {
  expect(shownOn(true, 60).split('\r').length - 2).toBe(3);
});

test('openProgress() gives plain lines elsewhere, one in five seconds, none for what is short', () => {
  expect(shownOn(false, 2_500)).toBe('pages: 50 %, 1,000 of 2,000\npages: 100 %, 2,000 of 2,000\n');
  expect(shownOn(false, 100)).toBe('');
});
