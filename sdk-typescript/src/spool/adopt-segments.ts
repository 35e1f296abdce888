import { mkdirSync, readdirSync, renameSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { startTicks } from './process-identity.ts';
import { Segment, type Usage } from './segment.ts';
import { parseSegmentName, segmentName, type SegmentOwner } from './segment-name.ts';

/** A file not touched for this long has no living writer that we could know of. */
export const untouchedMs = 60_000;

/**
 * Takes over the segments in `folder` whose writers are gone, oldest first, by renaming each to a name of
 * `owner`. Of two that try at once one gets the file; the other goes on.
 */
export function adoptSegments(
  folder: string,
  owner: SegmentOwner,
  nowMs: number,
  newId: () => string,
  usage: Usage,
): Segment[] {
  return orphansIn(folder, owner, nowMs).flatMap(({ path }) => {
    const target = join(folder, segmentName(owner, newId()));
    try {
      // INVARIANT: touched before it has the new name, or a second adopter would find that one untouched.
      utimesSync(path, nowMs / 1000, nowMs / 1000);
      renameSync(path, target);
      return [Segment.adopt(usage, target)];
    } catch {
      return [];
    }
  });
}

interface Orphan {
  readonly path: string;
  readonly modifiedMs: number;
}

/** The segments in `folder` that nobody writes any more, oldest first. */
export function orphansIn(folder: string, owner: SegmentOwner, nowMs: number): Orphan[] {
  const orphans = listFolder(folder).flatMap((name) => {
    const writer = parseSegmentName(name);
    if (writer === null || isSame(writer, owner)) return [];
    const path = join(folder, name);
    const modifiedMs = modifiedAt(path);
    if (modifiedMs === null) return [];
    return isGone(writer, owner) || nowMs - modifiedMs >= untouchedMs ? [{ path, modifiedMs }] : [];
  });
  return orphans.sort((a, b) => a.modifiedMs - b.modifiedMs);
}

/** Makes the folder, readable for its user only; throws what the file system throws. */
export function makeSpoolFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
}

function isSame(a: SegmentOwner, b: SegmentOwner): boolean {
  return segmentName(a, '') === segmentName(b, '');
}

/** Only a process of this boot and pid namespace can be looked up. */
function isGone(writer: SegmentOwner, owner: SegmentOwner): boolean {
  const isComparable =
    writer.bootId === owner.bootId && writer.namespace === owner.namespace && owner.bootId !== '0';
  return isComparable && startTicks(writer.pid) !== writer.startTicks;
}

function listFolder(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function modifiedAt(path: string): number | null {
  try {
    return statSync(path).mtimeMs;
  } catch {
    return null;
  }
}
