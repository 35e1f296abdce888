import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  startServer,
  testKey,
  type RealServer,
} from '../sdk-typescript/src/testing/real-server.ts';

const program = fileURLToPath(new URL('./run.ts', import.meta.url));
let server: RealServer;
let state = '';

beforeAll(async () => {
  state = mkdtempSync(join(tmpdir(), 'niitaka-samples-'));
  server = await startServer();
});

afterAll(async () => {
  await server.stop();
  rmSync(state, { recursive: true, force: true });
});

function run(...args: readonly string[]): Promise<{ code: number | null; output: string }> {
  const env = { ...process.env, XDG_STATE_HOME: state };
  const child = spawn(process.execPath, [program, '--url', server.url, ...args], { env });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return new Promise((resolve) => {
    child.on('close', (code) => resolve({ code, output }));
  });
}

interface Row {
  readonly agent_id: string;
  readonly status: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly parent_session_id: string | null;
  readonly error_count: number;
  readonly unpriced_count: number;
  readonly total_cost: number;
  readonly delivery: { readonly missing: number };
}

async function sessions(query: string): Promise<readonly Row[]> {
  const answer = (await server.get(`/sessions?limit=500&${query}`)) as { items: readonly Row[] };
  return answer.items;
}

describe('samples/run.ts', { timeout: 120_000 }, () => {
  test('writes past days and runs the short agents once, all labelled', async () => {
    const began = new Date().toISOString();
    const ended = await run('--key', testKey, '--once', '--history-days', '2', '--speed', '100');
    expect(ended).toEqual({ code: 0, output: '' });
    const past = await sessions(`to=${began}`);
    expect(past.length).toBeGreaterThan(80);
    expect(new Set(past.map((row) => row.status))).toEqual(new Set(['done', 'stale']));
    const live = await sessions(`from=${began}`);
    expect(live.map((row) => row.agent_id).toSorted()).toEqual([
      'reply-drafter',
      'reply-drafter',
      'research-agent',
      'support-router',
    ]);
    expect(live.every((row) => row.status === 'done')).toBe(true);
    for (const row of [...past, ...live]) {
      expect(row.tags['sample']).toBe('true');
      if (row.agent_id !== 'research-agent') expect(row.unpriced_count).toBe(0);
      expect(row.delivery.missing).toBe(0);
    }
    expect(past.some((row) => row.error_count > 0)).toBe(true);
    expect(past.some((row) => row.total_cost > 0)).toBe(true);
    expect(past.some((row) => row.unpriced_count > 0)).toBe(true);
    expect(live.filter((row) => row.parent_session_id !== null)).toHaveLength(2);
  });

  test('says what is wrong in one line', async () => {
    const days = await run('--key', testKey, '--history-days', 'many');
    expect(days.code).toBe(2);
    expect(days.output.split('\n')[0]).toBe(
      'Cannot run samples: --history-days must be a number >= 0.',
    );
    const refused = await run('--key', 'nk_wrong', '--history-days', '1');
    expect(refused.code).toBe(1);
    expect(refused.output).toContain('Cannot send sample records to http://127.0.0.1:');
    expect(refused.output).toContain('401');
  });
});
