import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { timeEvents } from '../sdk-typescript/src/testing/time-events.ts';
import { figureOf, type Figure } from './figure.ts';

const events = 20_000;

/** What an event costs the program that emits it, in both languages, spool included. */
export async function benchSdk(): Promise<readonly Figure[]> {
  const state = mkdtempSync(join(tmpdir(), 'niitaka-bench-'));
  const before = process.env['XDG_STATE_HOME'];
  process.env['XDG_STATE_HOME'] = state;
  try {
    const python = timePython();
    const typescript = await timeEvents(events);
    return [
      figureOf('event, TypeScript SDK', 'µs', typescript, 'median <= 20'),
      figureOf('event, Python SDK', 'µs', python, 'median <= 30'),
    ];
  } finally {
    if (before === undefined) delete process.env['XDG_STATE_HOME'];
    else process.env['XDG_STATE_HOME'] = before;
    rmSync(state, { recursive: true, force: true });
  }
}

function timePython(): number[] {
  const script = join(import.meta.dirname, 'time_events.py');
  const { status, stdout, stderr } = spawnSync('python3', [script, String(events)], {
    encoding: 'utf8',
    maxBuffer: 16 * 1024 * 1024,
  });
  if (status !== 0) throw new Error(`the Python program ended with ${status}: ${stderr}`);
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '[]') as number[];
}
