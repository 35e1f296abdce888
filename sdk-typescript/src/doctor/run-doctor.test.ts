import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { spoolFolder, spoolRoot } from '../spool/spool-folder.ts';
import { startPeer, type PeerAnswer } from '../testing/loopback-peer.ts';
import { segmentsUnder, tempFolder } from '../testing/temp-folder.ts';
import { runDoctor } from './run-doctor.ts';

const key = 'nk_doctor_0123456789';

afterEach(() => {
  vi.unstubAllEnvs();
});

/** Runs the doctor against `url`; its lines and its verdict. */
async function examine(url: string, env: Readonly<Record<string, string>> = {}, deletes = false) {
  const values = { NIITAKA_URL: url, NIITAKA_API_KEY: key, XDG_STATE_HOME: tempFolder(), ...env };
  for (const [name, value] of Object.entries(values)) vi.stubEnv(name, value);
  const lines: string[] = [];
  const isHealthy = await runDoctor(deletes, (line) => lines.push(line));
  return { lines, isHealthy };
}

const answering = async (answer: PeerAnswer) => (await startPeer(() => answer)).url;

describe('runDoctor()', () => {
  test('says that nobody listens', async () => {
    const { lines, isHealthy } = await examine('http://127.0.0.1:1');
    expect(isHealthy).toBe(false);
    expect(lines[1]).toMatch(
      /^FAIL {2}address: http:\/\/127\.0\.0\.1:1: no connection: .*Is the server running there\?$/,
    );
    expect(lines[2]).toBe('FAIL  clock: not compared, the server did not answer');
  });

  test.each([
    [401, 'the server does not know this key (401). Was it revoked?'],
    [403, 'this key may not ingest (403). Make one with the scope "ingest".'],
    [500, 'the server answered 500.'],
    [200, 'something answers there, but it is not a Niitaka server.'],
  ])('says what %s means', async (status, text) => {
    const url = await answering({ status, body: 'hello' });
    const { lines, isHealthy } = await examine(url);
    expect(isHealthy).toBe(false);
    expect(lines[1]).toBe(`FAIL  address: ${url}: ${text}`);
  });

  test('shows the beginning of the key alone', async () => {
    const { lines } = await examine((await startPeer()).url);
    expect(lines[0]).toBe('ok    key: nk_doctor_0…');
    expect(lines.join('\n')).not.toContain(key);
  });

  test('says that there is no key, or that all is switched off', async () => {
    const { url } = await startPeer();
    const without = await examine(url, { NIITAKA_API_KEY: '' });
    expect(without.lines[0]).toBe('FAIL  key: NIITAKA_API_KEY is not set, nothing is recorded');
    const off = await examine(url, { NIITAKA_DISABLED: '1' });
    expect(off.lines[0]).toBe('FAIL  key: NIITAKA_DISABLED is set, nothing is recorded');
  });

  test('says that the environment cannot be read', async () => {
    const { lines, isHealthy } = await examine('nowhere');
    expect(isHealthy).toBe(false);
    expect(lines).toEqual([
      'FAIL  settings: apiUrl must be an http or https address like http://127.0.0.1:4600, got "nowhere"',
    ]);
  });

  test('says that the spool cannot be written', async () => {
    const { lines } = await examine((await startPeer()).url, { XDG_STATE_HOME: '/dev/null' });
    expect(lines.at(-1)).toMatch(/^FAIL {2}spool: \/dev\/null\/.*: ENOTDIR/);
  });

  test('lists orphans of other keys, and deletes them on demand alone', async () => {
    const [{ url }, state] = [await startPeer(), tempFolder()];
    const other = spoolFolder(spoolRoot({ XDG_STATE_HOME: state }, 'linux'), url, 'nk_other');
    mkdirSync(other, { recursive: true });
    const name = '0_0_1_1_0_55555555-5555-4555-8555-555555555555.seg';
    writeFileSync(join(other, name), 'x'.repeat(2048));
    utimesSync(join(other, name), 1, 1);
    const listed = await examine(url, { XDG_STATE_HOME: state });
    expect(listed.lines.slice(-2)).toEqual([
      'ok    spool: 1 orphans of other keys, 2 KiB: delete them with --delete-orphans',
      `ok           ${join(other, name)}`,
    ]);
    expect(segmentsUnder(state).length).toBe(1);
    const deleted = await examine(url, { XDG_STATE_HOME: state }, true);
    expect(deleted.lines.at(-2)).toBe('ok    spool: 1 orphans of other keys, 2 KiB: deleted');
    expect(segmentsUnder(state)).toEqual([]);
  });
});
