import { describe, expect, test } from 'vitest';
import { createWarn } from './warn.ts';

describe('createWarn()', () => {
  test('speaks once per kind, with a code to silence it by', () => {
    const told: string[] = [];
    const warn = createWarn((message, code) => told.push(`${code}: ${message}`));
    warn('spool', 'the disk is full');
    warn('spool', 'the disk is still full');
    warn('no_key', 'there is none');
    expect(told).toEqual(['NIITAKA_SPOOL: the disk is full', 'NIITAKA_NO_KEY: there is none']);
  });

  test('falls silent when it has told a thousand kinds', () => {
    let told = 0;
    const warn = createWarn(() => (told += 1));
    for (let kind = 0; kind < 2000; kind += 1) warn(`kind${kind}`, 'x');
    expect(told).toBe(1000);
  });

  test("is one of Node's own warnings, and no output of ours", async () => {
    const heard = new Promise<Error>((resolve) => {
      process.once('warning', resolve);
    });
    createWarn()('spool', 'for the test');
    expect(await heard).toMatchObject({
      name: 'NiitakaWarning',
      code: 'NIITAKA_SPOOL',
      message: 'for the test',
    });
  });
});
