import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** One process of the program under test. */
export interface Program {
  readonly child: ChildProcess;
  readonly dataDir: string;
  stdout(): string;
  stderr(): string;
  /** The address it says it is ready at; throws when it ends before. */
  ready(): Promise<string>;
  /** The exit code once it has ended, null for a signal. */
  ended(): Promise<number | null>;
}

const main = fileURLToPath(new URL('../../niitaka.mjs', import.meta.url));

/** Runs the program as a person does, on a data directory of its own unless one is given. */
export function runProgram(
  args: readonly string[] = [],
  settings: Readonly<Record<string, string>> = {},
): Program {
  const dataDir = settings['NIITAKA_DATA'] ?? mkdtempSync(join(tmpdir(), 'niitaka-'));
  const child = spawn(process.execPath, [main, ...args], {
    env: {
      PATH: process.env['PATH'] ?? '',
      NIITAKA_PORT: '0',
      NIITAKA_LOG_LEVEL: 'error',
      ...settings,
      NIITAKA_DATA: dataDir,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said.out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said.err += text;
  });
  const closed = once(child, 'close').then(([code]) => code as number | null);
  const readyLine = /Niitaka is ready at (\S+)\n/;
  return {
    child,
    dataDir,
    stdout: () => said.out,
    stderr: () => said.err,
    ended: () => closed,
    async ready() {
      for (;;) {
        const match = readyLine.exec(said.out);
        if (match?.[1] !== undefined) return match[1];
        if (child.exitCode !== null) throw new Error(`it ended: ${said.out}${said.err}`);
        await Promise.race([once(child.stdout, 'data'), closed]);
      }
    },
  };
}
