import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import * as source from './index.ts';
import { startPeer } from './testing/loopback-peer.ts';
import { startProgram } from './testing/run-agent.ts';
import { tempFolder } from './testing/temp-folder.ts';

vi.setConfig({ testTimeout: 90_000, hookTimeout: 120_000 });

const folder = fileURLToPath(new URL('..', import.meta.url));
const root = dirname(folder);
/** Minified bytes at most: of everything, and of an app with sessions and events alone. The aim is 30,000. */
const wholeLimitBytes = 134_000;
const littleLimitBytes = 93_000;
const laterLimitBytes = 6_000;
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

/** A user's project with the package linked in. */
function project(): string {
  const place = tempFolder();
  mkdirSync(join(place, 'node_modules'));
  symlinkSync(folder, join(place, 'node_modules', 'niitaka'));
  writeFileSync(join(place, 'package.json'), '{"type":"module"}');
  return place;
}

/** A user's project with the packed package unpacked in it, and nothing else. */
function packedProject(): string {
  const place = tempFolder();
  const pack = ['pack', folder, '--ignore-scripts', '--pack-destination', place, '--silent'];
  const name = execFileSync('npm', pack, { cwd: place, encoding: 'utf8' }).trim();
  const target = join(place, 'node_modules', 'niitaka');
  mkdirSync(target, { recursive: true });
  execFileSync('tar', ['-xzf', join(place, name), '-C', target, '--strip-components=1']);
  writeFileSync(join(place, 'package.json'), '{"type":"module"}');
  return place;
}

interface BundledBytes {
  /** Of a program and all that it pulls in before it runs. */
  readonly atFirst: number;
  /** Of what it loads when it comes to need it. */
  readonly later: number;
}

/** The size of a program, bundled and minified as an app's bundler does it. */
async function bundledBytes(program: string): Promise<BundledBytes> {
  const entry = join(project(), 'app.js');
  writeFileSync(entry, program);
  const bundle = await rolldown({ input: entry, platform: 'node' });
  const { output } = await bundle.generate({ format: 'esm', minify: true });
  const chunks = new Map(
    output.flatMap((part) => (part.type === 'chunk' ? [[part.fileName, part] as const] : [])),
  );
  const first = new Set([...chunks.values()].filter((chunk) => chunk.isEntry));
  for (const chunk of first) {
    for (const name of chunk.imports) {
      const imported = chunks.get(name);
      if (imported !== undefined) first.add(imported);
    }
  }
  const bytes = { atFirst: 0, later: 0 };
  for (const chunk of chunks.values()) {
    bytes[first.has(chunk) ? 'atFirst' : 'later'] += chunk.code.length;
  }
  return bytes;
}

/** A program that uses every public name with its type. */
const typedProgram = `
import { api, configure, flush, getRuntimeConfig, observe, startSession, tool, version, type RuntimeConfig, type Session, type SessionOptions } from 'niitaka';
import { capture, type Capture } from 'niitaka/testing';
const options: SessionOptions = { goal: 'Find a hotel', agentId: 'travel', tags: { a: 'b' } };
const look: (query: string) => Promise<number> = tool('look', async (query: string) => query.length);
configure({ apiKey: 'nk_typed', redact: (path: string, value: unknown) => value });
const answer: number = await startSession(options, async (session: Session) => {
  const config: RuntimeConfig = await getRuntimeConfig({ agentId: 'travel' });
  const model: string = (await session.config).llm.model ?? config.sources.model ?? 'm';
  const id: string = session.event('llm', { data: { model } });
  return (await look(id)) + version.length;
});
const same: Map<string, number> = observe(new Map<string, number>());
const captured: Capture = capture();
for await (const row of api.listSessions({ status: ['done'] })) console.log(row.goal?.length, row.errorCount + answer + same.size);
export const isDone: boolean = await flush(1);
captured.stop();
`;

/** What the compiler says of the program under one way to resolve modules. */
function typeErrors(place: string, module: string, moduleResolution: string): string {
  const compilerOptions = {
    strict: true,
    noEmit: true,
    target: 'es2024',
    lib: ['es2024', 'esnext.disposable', 'dom'],
    types: [],
    module,
    moduleResolution,
  };
  writeFileSync(
    join(place, 'tsconfig.json'),
    JSON.stringify({ compilerOptions, files: ['agent.ts'] }),
  );
  const run = spawnSync(join(root, 'node_modules/.bin/tsc'), ['-p', place], { encoding: 'utf8' });
  return `${run.stdout}${run.stderr}`.trim();
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

  test.each([
    ['the pinned Node', () => node24],
    ["the user's own Node", systemNode],
  ])('packed into an empty project, it can be imported under %s', async (_name, find) => {
    const place = packedProject();
    const use = `import * as niitaka from 'niitaka'; import { capture } from 'niitaka/testing';
      using captured = capture(); await niitaka.startSession({}, (it) => it.event('log'));
      console.log(Object.keys(niitaka).sort().join(' '), captured.events().length);`;
    writeFileSync(join(place, 'use.js'), use.replace('using captured', 'const captured'));
    const options = { url: 'http://127.0.0.1:1', state: tempFolder() };
    const ended = await startProgram(find() ?? node24, [join(place, 'use.js')], options).ended;
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    const [count, ...names] = ended.stdout.trim().split(' ').toReversed();
    expect(count).toBe('1');
    expect(names).toEqual(expect.arrayContaining(Object.keys(source)));
  });

  test('holds no source, test or fixture', () => {
    const place = join(packedProject(), 'node_modules', 'niitaka');
    const names = readdirSync(place, { recursive: true, encoding: 'utf8' });
    expect(
      names.filter((name) => /test|fixture|\.ts$/.test(name) && !name.endsWith('.d.ts')),
    ).toEqual(names.filter((name) => /(?:^|\/)testing$/.test(name)));
    expect(names).toEqual(expect.arrayContaining(['README.md', 'package.json', 'dist/cli.js']));
  });

  test.each([
    ['nodenext', 'nodenext'],
    ['esnext', 'bundler'],
  ])('has types for module %s, moduleResolution %s', (module, resolution) => {
    const place = packedProject();
    writeFileSync(join(place, 'agent.ts'), typedProgram);
    expect(typeErrors(place, module, resolution)).toBe('');
    writeFileSync(join(place, 'agent.ts'), typedProgram.replace("agentId: 'travel'", 'agentId: 7'));
    expect(typeErrors(place, module, resolution)).toContain("'number' is not assignable");
  });

  test('stays within its size as an app loads it at first, whole and as one that uses little; the rest within its own', async () => {
    const whole = await bundledBytes(
      "import * as niitaka from 'niitaka'; globalThis.niitaka = niitaka;",
    );
    const little = await bundledBytes(
      "import { startSession } from 'niitaka'; await startSession({}, (it) => it.event('log'));",
    );
    expect(whole.atFirst).toBeLessThan(wholeLimitBytes);
    expect(little.atFirst).toBeLessThan(littleLimitBytes);
    // What an app does not name is left out: the read side and the tools for tests.
    expect(whole.atFirst - little.atFirst).toBeGreaterThan(5000);
    // What the budget of a tree takes is loaded where there is one, which needs an observed client.
    expect(whole.later).toBeGreaterThan(0);
    expect(whole.later).toBeLessThan(laterLimitBytes);
    expect(little.later).toBe(0);
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
    expect(good.stdout).toContain('ok    key: nk_test_age..., environment production');
    expect(good.stdout).toMatch(/ok {4}address: .*, one round trip in \d+ ms/);
    expect(good.stdout).toContain('ok    context: the session is kept in asynchronous code');
    const help = await startProgram(node24, [cli, 'dance'], { url: peer.url, state }).ended;
    expect(help).toMatchObject({ code: 2 });
    expect(help.stdout).toContain('Usage: niitaka doctor');
  });
});
