import { readFileSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import RealOpenAI from 'openai';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { startPeer } from './testing/loopback-peer.ts';
import { tempFolder } from './testing/temp-folder.ts';
import * as niitaka from './index.ts';
import { chatFrames } from './testing/openai-frames.ts';

const session = '22222222-2222-4222-8222-222222222222';

/** The real client, which finds its key and its provider by itself. */
class OpenAI extends RealOpenAI {
  constructor() {
    const headers = { 'content-type': 'text/event-stream' };
    const answer = () => new Response(chatFrames(['Hello'], true).join(''), { headers });
    super({ apiKey: 'sk-example', fetch: () => Promise.resolve(answer()) });
  }
}

const printed: string[] = [];

/** What the examples take for granted. */
const surroundings = {
  assert: { equal: (found: unknown, wanted: unknown) => expect(found).toBe(wanted) },
  OpenAI,
  process: { stdout: { write: (text: string) => printed.push(text) } },
  askModel: () => Promise.resolve('a reply'),
  callModel: () => Promise.resolve('a reply'),
  question: 'why?',
  runAgent: () =>
    niitaka.startSession({ goal: 'run' }, async () => {
      await niitaka.tool('only', () => sleep(1))();
      return { success: true, quality: 0.8 };
    }),
  reportText: 'sales went up',
  ticket: 'charged twice',
  work: () => sleep(1),
  job: { sessionId: session },
  fetchHits: (query: string) => Promise.resolve([query]),
  readFile: () => Promise.resolve('text'),
  console: { log: () => {} },
};

const read = (name: string) => readFileSync(fileURLToPath(new URL(name, import.meta.url)), 'utf8');

/** The code behind each `@example` of a file. */
function examplesOf(name: string): string[] {
  const comments = read(name).match(/\/\*\*[\s\S]*?\*\//g) ?? [];
  return comments.flatMap((comment) => {
    const lines = comment.replaceAll(/^\s*\*\/?/gm, '').replace(/\*\/$/, '');
    return lines
      .split('@example')
      .slice(1)
      .map((code) => code.trim());
  });
}

/** The blocks of a Markdown file in a language. */
function blocksOf(name: string, language = 'ts'): string[] {
  const blocks = new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g');
  return [...read(name).matchAll(blocks)].map(([, code = '']) => code);
}

/** Runs code as the body of a module, with the package and the surroundings in scope. */
async function run(code: string): Promise<void> {
  const body = stripTypeScriptTypes(`async () => {${code.replaceAll(/^import .*$/gm, '')}}`);
  const scope = { ...surroundings, ...niitaka, session: await niitaka.startSession(), failed: [] };
  // oxlint-disable-next-line typescript/no-implied-eval, no-new-func
  const make = new Function(...Object.keys(scope), `return (${body})()`) as (
    ...values: unknown[]
  ) => Promise<void>;
  await make(...Object.values(scope));
}

afterEach(async () => {
  await niitaka.shutdown(1);
  vi.unstubAllEnvs();
});

const examples = [
  'index.ts',
  'session/session.ts',
  'read/api.ts',
  'testing/capture.ts',
  'integrations/observe.ts',
].flatMap((name) => examplesOf(name).map((code): [string, string] => [name, code]));

describe('the examples', () => {
  test.each(examples)('of %s run: %s', async (_name, code) => {
    const peer = await startPeer();
    vi.stubEnv('XDG_STATE_HOME', tempFolder());
    niitaka.configure({ apiKey: 'nk_example', apiUrl: peer.url });
    vi.stubGlobal('fetch', () => Promise.resolve(Response.json({ items: [], next_cursor: null })));
    try {
      await run(
        code.replace("apiKey: 'nk_…', apiUrl: 'http://127.0.0.1:4600'", "apiKey: 'nk_example'"),
      );
    } finally {
      vi.unstubAllGlobals();
    }
  });

  test('of the package run as they stand', async () => {
    const peer = await startPeer();
    vi.stubEnv('XDG_STATE_HOME', tempFolder());
    vi.stubEnv('NIITAKA_API_KEY', 'nk_example');
    vi.stubEnv('NIITAKA_URL', peer.url);
    niitaka.configure();
    vi.stubGlobal('fetch', () => Promise.resolve(Response.json({ items: [], next_cursor: null })));
    try {
      const policies = join(tempFolder(), 'policies.yaml');
      writeFileSync(policies, blocksOf('../README.md', 'yaml').join(''));
      for (const block of blocksOf('../README.md')) {
        await run(block.replace("'policies.yaml'", JSON.stringify(policies)));
      }
    } finally {
      vi.unstubAllGlobals();
    }
    await niitaka.flush(5);
    const goals = peer.taken.map(({ goal }) => goal);
    expect(goals).toContain('Process customer support ticket');
    expect(printed.join('')).toBe('Hello');
    const call = peer.taken.find(({ type }) => type === 'llm');
    expect(call).toMatchObject({ data: { provider: 'openai', input_tokens: 1200 } });
  });

  test('are there for every entry point', () => {
    expect(examples.length).toBeGreaterThanOrEqual(9);
  });
});
