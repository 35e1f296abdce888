import { mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { spoolFolder, spoolRoot } from '../spool/spool-folder.ts';
import { accepted, startPeer } from '../testing/loopback-peer.ts';
import { segmentsUnder, tempFolder } from '../testing/temp-folder.ts';
import { runDoctor } from './run-doctor.ts';

interface Case {
  readonly name: string;
  readonly server?: 'down' | number;
  readonly server_ahead_s?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly left?: readonly ('own' | 'other')[];
  readonly flags?: readonly string[];
  readonly exit: number;
  readonly lines: readonly string[];
}

const file = new URL('../../../vectors/doctor.json', import.meta.url);
const { key, cases } = JSON.parse(readFileSync(file, 'utf8')) as {
  readonly key: string;
  readonly cases: readonly Case[];
};
const segment = '0_0_1_1_0_55555555-5555-4555-8555-555555555555.seg';

afterEach(() => {
  vi.unstubAllEnvs();
});

/** Starts what a case has for a server; its address. */
async function serve({ server, server_ahead_s: aheadS = 0 }: Case): Promise<string> {
  if (server === 'down') return 'http://127.0.0.1:1';
  const { url } = await startPeer((request) => {
    const date = new Date(Date.now() + aheadS * 1000).toUTCString();
    const answer = server === undefined ? accepted(request) : { status: server, body: 'hello' };
    return typeof answer === 'string' ? answer : { ...answer, headers: { date } };
  });
  return url;
}

/** Leaves a segment of a process that is long gone. */
function leave(state: string, url: string, apiKey: string): void {
  const folder = spoolFolder(spoolRoot({ XDG_STATE_HOME: state }, process.platform), url, apiKey);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, segment), 'x'.repeat(2048));
  utimesSync(join(folder, segment), 1, 1);
}

/** A line of the table as a pattern. */
function pattern(line: string, url: string): RegExp {
  const holes: Readonly<Record<string, string>> = {
    n: '[0-9]+(?:\\.[0-9])?',
    reason: '.+',
    folder: '/.+/niitaka/spool/v1/[0-9a-f]{16}',
    path: '/.+\\.seg',
  };
  const parts = line.replace('{url}', url).split(/\{(\w+)\}/);
  const escaped = parts.map((part, at) =>
    at % 2 === 1 ? holes[part] : part.replaceAll(/[.()?+]/g, '\\$&'),
  );
  return new RegExp(`^${escaped.join('')}$`);
}

describe('runDoctor()', () => {
  test.each(cases.map((it) => [it.name, it] as const))('%s', async (_name, it) => {
    const [url, state] = [await serve(it), tempFolder()];
    const env = { NIITAKA_URL: url, NIITAKA_API_KEY: key, XDG_STATE_HOME: state, ...it.env };
    for (const [name, value] of Object.entries({ NIITAKA_ENV: '', ...env }))
      vi.stubEnv(name, value);
    for (const whose of it.left ?? []) leave(state, url, whose === 'own' ? key : 'nk_other');
    const lines: string[] = [];
    const isHealthy = await runDoctor((it.flags ?? []).length > 0, (line) => lines.push(line));
    expect(isHealthy).toBe(it.exit === 0);
    for (const [at, line] of it.lines.entries()) expect(lines[at]).toMatch(pattern(line, url));
    expect(lines.length).toBe(it.lines.length);
    expect(lines.join('\n')).not.toContain(key);
    const stays = (it.left ?? []).filter((whose) => whose === 'own' || !it.flags);
    expect(segmentsUnder(state).length).toBe(stays.length);
  });
});
