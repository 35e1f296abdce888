import { createHash } from 'node:crypto';
import { homedir } from 'node:os';
import { describe, expect, test } from 'vitest';
import { spoolFolder, spoolRoot } from './spool-folder.ts';

describe('spoolRoot()', () => {
  test('lies in XDG_STATE_HOME where it is set', () => {
    expect(spoolRoot({ XDG_STATE_HOME: '/state' }, 'linux')).toBe('/state/niitaka/spool/v1');
  });

  test('a relative XDG_STATE_HOME is ignored, an absolute one holds on every system', () => {
    expect(spoolRoot({ XDG_STATE_HOME: 'state' }, 'linux')).toBe(spoolRoot({}, 'linux'));
    expect(spoolRoot({ XDG_STATE_HOME: '/state' }, 'darwin')).toBe('/state/niitaka/spool/v1');
  });

  test('lies in ~/.local/state, Application Support or LOCALAPPDATA', () => {
    expect(spoolRoot({}, 'linux')).toBe(`${homedir()}/.local/state/niitaka/spool/v1`);
    expect(spoolRoot({}, 'darwin')).toBe(
      `${homedir()}/Library/Application Support/niitaka/spool/v1`,
    );
    expect(spoolRoot({ LOCALAPPDATA: '/local' }, 'win32')).toBe('/local/niitaka/spool/v1');
  });
});

describe('spoolFolder()', () => {
  test('is named by the first 16 hex digits of SHA-256 of address, newline, key', () => {
    const hash = createHash('sha256').update('http://127.0.0.1:4600\nnk_a').digest('hex');
    expect(spoolFolder('/v1', 'http://127.0.0.1:4600', 'nk_a')).toBe(`/v1/${hash.slice(0, 16)}`);
  });

  test('does not mind a trailing slash', () => {
    const folder = spoolFolder('/v1', 'http://127.0.0.1:4600', 'nk_a');
    expect(spoolFolder('/v1', 'http://127.0.0.1:4600/', 'nk_a')).toBe(folder);
  });

  test('differs by key and by address', () => {
    const folders = [
      spoolFolder('/v1', 'http://a', 'nk_a'),
      spoolFolder('/v1', 'http://a', 'nk_b'),
      spoolFolder('/v1', 'http://b', 'nk_a'),
    ];
    expect(new Set(folders).size).toBe(3);
  });
});
