import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { hold } from './fault.ts';

/** Sets the greatest size of a file that a process may write, bytes; null lifts the limit. */
export function limitFiles(pid: number, bytes: number | null): void {
  const args = ['--pid', String(pid), `--fsize=${bytes ?? 'unlimited'}:unlimited`];
  const { status, stderr } = spawnSync('prlimit', args);
  hold(status === 0, `cannot limit files: ${String(stderr)}`);
}

/** The size that lets the database and its log grow by so many bytes. */
export function roomFor(dataDir: string, bytes: number): number {
  const sizes = ['niitaka.db', 'niitaka.db-wal'].map(
    (name) => statSync(join(dataDir, name), { throwIfNoEntry: false })?.size ?? 0,
  );
  return Math.max(...sizes) + bytes;
}
