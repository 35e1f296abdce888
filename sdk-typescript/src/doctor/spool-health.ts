import { readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeSpoolFolder, orphansIn } from '../spool/adopt-segments.ts';
import { ownIdentity } from '../spool/process-identity.ts';
import { randomUUID } from 'node:crypto';

/** What lies in the spools of this machine. */
export interface SpoolHealth {
  /** Null when the folder can be written; else why not. */
  readonly trouble: string | null;
  /** Segments of this address and key that wait for a process to adopt them. */
  readonly waiting: number;
  /** Segments of other addresses or keys whose writers are gone, by path. */
  readonly orphans: readonly string[];
  /** Bytes of those orphans. */
  readonly orphanBytes: number;
}

/** Looks at the spool of one address and key, and at the others beside it. */
export function spoolHealth(root: string, folder: string, nowMs: number): SpoolHealth {
  const owner = ownIdentity();
  const others = foldersIn(root).filter((other) => other !== folder);
  const orphans = others.flatMap((other) => orphansIn(other, owner, nowMs).map(({ path }) => path));
  return {
    trouble: writeTrouble(folder),
    waiting: orphansIn(folder, owner, nowMs).length,
    orphans,
    orphanBytes: orphans.reduce((sum, path) => sum + sizeOf(path), 0),
  };
}

/** Deletes segments; what is gone already is fine. */
export function deleteSegments(paths: readonly string[]): void {
  for (const path of paths) rmSync(path, { force: true });
}

function writeTrouble(folder: string): string | null {
  const path = join(folder, `doctor-${randomUUID()}.tmp`);
  try {
    makeSpoolFolder(folder);
    writeFileSync(path, 'x', { mode: 0o600 });
    rmSync(path);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function foldersIn(root: string): string[] {
  try {
    return readdirSync(root).map((name) => join(root, name));
  } catch {
    return [];
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
