import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'niitaka-vectors-'));
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function run(...files: readonly string[]): Promise<{ code: number; output: string }> {
  const program = [join(root, 'tools/vectors.ts'), ...files];
  return new Promise((resolve) => {
    execFile(process.execPath, program, { cwd: root }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), output: stdout + stderr });
    });
  });
}

function write(name: string, content: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

const right = {
  id: 'right',
  usage: { format: 'inclusive', input_tokens: 3, output_tokens: 0 },
  prices: { input: '5e-4', output: 1 },
  normalized: { uncached: 3 },
  expected_nano_usd: 2,
  expected_cost_usd: 2e-9,
};

describe('npm run vectors', () => {
  test('runs the shipped files without a difference (C1, C2, P3)', async () => {
    const files = ['cost.json', 'cost-random.json', 'policy.json', 'policy-random.json'];
    const { code, output } = await run(...files.map((name) => `vectors/${name}`));
    expect(output.split('\n')).toEqual([
      'vectors/cost.json: 9 cases, 0 differ',
      'vectors/cost-random.json: 150 cases, 0 differ',
      'vectors/policy.json: 300 cases, 0 differ',
      'vectors/policy-random.json: 125 cases, 0 differ',
      '',
    ]);
    expect(code).toBe(0);
  });

  test('prints each differing case, expected and found, and exits 1', async () => {
    const wrong = { ...right, id: 'wrong', normalized: { uncached: 4 }, expected_nano_usd: 3 };
    const free = { ...right, id: 'free', prices: null, expected_nano_usd: null };
    const path = write('wrong.json', { cases: [right, wrong, free] });
    const { code, output } = await run(path);
    expect(output.split('\n')).toEqual([
      `${path}: wrong: normalized.uncached: expected 4, found 3`,
      `${path}: wrong: expected_nano_usd: expected 3, found 2`,
      `${path}: free: expected_cost_usd: expected 2e-9, found null`,
      `${path}: 3 cases, 2 differ`,
      '',
    ]);
    expect(code).toBe(1);
  });

  test('compares only the keys that a case has, and only normalises without prices', async () => {
    const { prices: _prices, expected_nano_usd: _nano, ...bare } = right;
    const path = write('bare.json', { cases: [{ ...bare, expected_cost_usd: 99 }] });
    expect((await run(path)).code).toBe(0);
  });

  test('keeps nano-USD that a double cannot hold', async () => {
    const usage = { format: 'inclusive', input_tokens: 1_000_000_000, output_tokens: 1 };
    const prices = { input: '123456.789', output: '0.001' };
    const text = JSON.stringify({ cases: [{ usage, prices, expected_nano_usd: 0 }] });
    const path = write('great.json', text.replace(':0}', ':123456789000000001}'));
    expect(await run(path)).toEqual({ code: 0, output: `${path}: 1 cases, 0 differ\n` });
  });

  test('prints each differing key of a policy case, and compares only those it has', async () => {
    const session = { agent_id: null, environment: 'production', cost: 0.5, steps: 2 };
    const policy = {
      id: 'p0',
      type: 'step_limit',
      condition: { steps_exceeded: 2 },
      action: { type: 'abort' },
    };
    const one = { name: 'one', policies: [policy], session, event: { type: 'llm' } };
    const path = write('policy.json', {
      cases: [
        { ...one, expect: { action: 'abort' } },
        { ...one, name: 'two', expect: { action: 'warn', policy_id: 'p0', errors: [1] } },
        { ...one, name: 'three', policies: {} },
      ],
    });
    const { code, output } = await run(path);
    expect(output.split('\n')).toEqual([
      `${path}: two: action: expected "warn", found "abort"`,
      `${path}: two: errors: expected [1], found []`,
      `${path}: three: expected a list \`policies\`, found {}`,
      `${path}: 3 cases, 2 differ`,
      '',
    ]);
    expect(code).toBe(1);
  });

  test('says what it cannot run', async () => {
    const found = await run(join(folder, 'none.json'), write('list.json', []));
    expect(found.code).toBe(1);
    expect(found.output).toContain('none.json: ENOENT');
    expect(found.output).toContain('list.json: expected an object with an array `cases`');
    expect((await run()).code).toBe(2);
  });
});
