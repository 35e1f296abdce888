import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { startPeer } from './testing/loopback-peer.ts';
import { startProgram } from './testing/run-agent.ts';
import { tempFolder } from './testing/temp-folder.ts';

vi.setConfig({ testTimeout: 90_000, hookTimeout: 120_000 });

const folder = fileURLToPath(new URL('..', import.meta.url));
const root = dirname(folder);
const node24 = join(root, 'node_modules/.bin/node');

/** The program of the guide, in plain JavaScript, as a user pastes it. */
const program = `
import { startSession, tool } from 'niitaka';
const draft = tool('draft_reply', async (ticket) => 'Dear customer, ' + ticket);
await startSession({ goal: 'Process customer support ticket', agentId: 'support-router' }, async (session) => {
  const reply = await draft('charged twice');
  session.setMetrics({ goalCompleted: reply !== null, score: 0.9 });
});
`;

/** Every `node` on the path that is not the project's own: what a user of the package has. */
function systemNode(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(':');
  const found = folders
    .filter((place) => !place.includes('node_modules'))
    .map((place) => join(place, 'node'));
  return found.find((file) => {
    try {
      return /^v(?:2[0-9]|[3-9][0-9])\./.test(
        execFileSync(file, ['--version'], { encoding: 'utf8' }),
      );
    } catch {
      return false;
    }
  });
}

/** A user's project with the package installed. */
function project(): string {
  const place = tempFolder();
  mkdirSync(join(place, 'node_modules'));
  symlinkSync(folder, join(place, 'node_modules', 'niitaka'));
  writeFileSync(join(place, 'package.json'), '{"type":"module"}');
  return place;
}

describe('the built package', () => {
  beforeAll(() => {
    execFileSync('npm', ['run', 'build', '-w', 'sdk-typescript', '--silent'], {
      cwd: root,
      stdio: 'pipe',
    });
  });

  test.each([
    ['the pinned Node', () => node24],
    ["the user's own Node", systemNode],
  ])('reports a session under %s', async (_name, find) => {
    const [peer, place] = [await startPeer(), project()];
    writeFileSync(join(place, 'agent.js'), program);
    const node = find() ?? node24;
    const agent = startProgram(node, [join(place, 'agent.js')], {
      url: peer.url,
      state: tempFolder(),
    });
    expect(await agent.ended).toMatchObject({ code: 0, stderr: '', stdout: '' });
    expect(peer.taken.map(({ kind }) => kind)).toEqual([
      'session.start',
      'event',
      'session.metrics',
      'session.end',
    ]);
    expect(peer.requests[0]?.sdk).toMatchObject({ name: 'niitaka', language: 'typescript' });
  });

  test('survives kill -9 under the oldest Node at hand', async () => {
    const [peer, place, state] = [
      await startPeer(() => ({ status: 503 })),
      project(),
      tempFolder(),
    ];
    const wait = program.replace(
      'session.setMetrics',
      'process.kill(process.pid, "SIGKILL"); session.setMetrics',
    );
    writeFileSync(join(place, 'killed.js'), wait);
    writeFileSync(join(place, 'agent.js'), program);
    const node = systemNode() ?? node24;
    const killed = await startProgram(node, [join(place, 'killed.js')], { url: peer.url, state })
      .ended;
    expect(killed.signal).toBe('SIGKILL');
    await peer.close();
    const next = await startPeer(() => null, Number(new URL(peer.url).port));
    await startProgram(node, [join(place, 'agent.js')], { url: peer.url, state }).ended;
    expect(next.taken.filter(({ kind }) => kind === 'session.start').length).toBe(2);
    expect(next.taken.filter(({ kind }) => kind === 'event').length).toBe(2);
  });

  test('needs no other package', () => {
    const scripts = readdirSync(join(folder, 'dist')).filter((name) => name.endsWith('.js'));
    const names = scripts.flatMap((name) => {
      const text = readFileSync(join(folder, 'dist', name), 'utf8');
      return [...text.matchAll(/(?:from|import)"([^"]+)"/g)].map((match) => match[1] ?? '');
    });
    expect(names.filter((name) => !name.startsWith('node:') && !name.startsWith('./'))).toEqual([]);
  });

  test('has types that name nothing outside the package', () => {
    const types = join(folder, 'dist/types/sdk-typescript/src');
    const seen = new Set<string>();
    const open = [join(types, 'index.d.ts')];
    for (let path = open.pop(); path !== undefined; path = open.pop()) {
      if (seen.has(path)) continue;
      seen.add(path);
      for (const [, name = ''] of readFileSync(path, 'utf8').matchAll(/from '([^']+)'/g)) {
        expect(name).toMatch(/^\.\.?\//);
        open.push(join(dirname(path), name.replace(/\.ts$/, '.d.ts')));
      }
    }
    expect(seen.size).toBeGreaterThan(5);
  });

  test('checks itself with npx niitaka doctor', async () => {
    const [peer, state] = [await startPeer(), tempFolder()];
    const cli = join(folder, 'dist/cli.js');
    const good = await startProgram(node24, [cli, 'doctor'], { url: peer.url, state }).ended;
    expect(good.stderr).toBe('');
    expect(good.stdout).toContain('ok    key: nk_test_age…');
    expect(good.stdout).toMatch(/ok {4}address: .*, one round trip in \d+ ms/);
    expect(good.stdout).toContain('ok    context: the session follows promises and timers');
    const help = await startProgram(node24, [cli, 'dance'], { url: peer.url, state }).ended;
    expect(help).toMatchObject({ code: 2 });
    expect(help.stdout).toContain('Usage: niitaka doctor');
  });
});
