import { resolve } from 'node:path';
import { systemClock } from '../context.ts';
import {
  copyTables,
  keyFrom,
  keyText,
  sourceRow,
  type CopyProgress,
  type CopySource,
  type CopyTable,
  type CopyTarget,
  type CopyValue,
} from '../storage/copy-store.ts';
import { summedTable } from '../storage/copy-sums.ts';
import { StartupError } from '../storage/startup-error.ts';
import { openProgress, type ProgressStream } from './progress.ts';

/** Rows of a page at first and at most. */
const firstRows = 100;
const mostRows = 4_000;

/** A page that holds more makes the next one smaller, one that holds less than half makes it larger; bytes. */
const pageBytes = 8 * 1_048_576;

/** Tables told of that differ. */
const toldTables = 5;

/**
 * Copies a database to one of the other engine, or goes on with a copy that was cut off; compares both by counts and
 * sums and only then lets a server open the new one. Answers what was copied as text; throws a StartupError.
 */
export async function copyDatabase(
  from: string,
  to: string,
  stream: ProgressStream,
): Promise<string> {
  const [source, target] = await openBoth(placeFrom(from), placeFrom(to));
  const started = performance.now();
  try {
    const rows = await copyAll(source, target, stream);
    const seconds = ((performance.now() - started) / 1_000).toFixed(1);
    return `Copied ${rows.toLocaleString('en')} rows from ${source.place} to ${target.place} in ${seconds} s; counts and sums of every table are equal`;
  } catch (error) {
    if (error instanceof StartupError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new StartupError(
      `The copy to ${target.place} stopped: ${reason}. What was copied so far is kept: put the cause right, and give the same command again to go on.`,
    );
  } finally {
    await source.close().catch(() => undefined);
    await target.close().catch(() => undefined);
  }
}

type Place = { readonly path: string } | { readonly url: string };

function placeFrom(text: string): Place {
  if (text.startsWith('sqlite:') && text.length > 'sqlite:'.length) {
    return { path: resolve(text.slice('sqlite:'.length).replace(/^\/\/(?=\/)/, '')) };
  }
  const url = URL.canParse(text) ? new URL(text) : null;
  const isServer = url !== null && /^postgres(ql)?:$/.test(url.protocol) && url.pathname.length > 1;
  if (isServer) return { url: text };
  // It may hold a password.
  const shown = text.includes('@') ? `${text.length} characters` : JSON.stringify(text);
  throw new StartupError(
    `Cannot copy: found ${shown}, wanted sqlite:PATH of a file or postgres://user:password@host:5432/name`,
  );
}

/** Only the engines that are asked for are loaded; each is one of both. */
async function openBoth(from: Place, to: Place): Promise<[CopySource, CopyTarget]> {
  if ('path' in from && 'url' in to) {
    const sqlite = await import('../storage/sqlite/copy.ts');
    const postgres = await import('../storage/postgres/copy.ts');
    return openPair(
      async () => sqlite.openCopySource(from.path),
      () => postgres.openCopyTarget(to.url, systemClock()),
    );
  }
  if ('url' in from && 'path' in to) {
    const sqlite = await import('../storage/sqlite/copy.ts');
    const postgres = await import('../storage/postgres/copy.ts');
    return openPair(
      () => postgres.openCopySource(from.url),
      async () => sqlite.openCopyTarget(to.path),
    );
  }
  const instead = 'path' in from ? '"niitaka backup"' : 'pg_dump and pg_restore';
  throw new StartupError(
    `Cannot copy between two databases of the same kind: wanted sqlite:PATH and postgres://…, in either order. Use ${instead}.`,
  );
}

async function openPair(
  openSource: () => Promise<CopySource>,
  openTarget: () => Promise<CopyTarget>,
): Promise<[CopySource, CopyTarget]> {
  const source = await openSource();
  try {
    return [source, await openTarget()];
  } catch (error) {
    await source.close();
    throw error;
  }
}

async function copyAll(
  source: CopySource,
  target: CopyTarget,
  stream: ProgressStream,
): Promise<number> {
  const [sourceTables, targetTables] = [await source.tables(), await target.tables()];
  const tables = copyTables(sourceTables, targetTables);
  const before = await target.begin(source);
  const known = before.get(sourceRow)?.afterKey;
  if (known !== source.place) {
    throw new StartupError(
      `Cannot copy to ${target.place}: it holds a part of a copy of ${known}. Go on with that one, or name an empty database.`,
    );
  }
  let total = 0;
  for (const { name } of tables) total += await source.count(name);
  const progress = openProgress(stream, 'rows copied');
  let done = 0;
  try {
    for (const table of tables) {
      const start = before.get(table.name) ?? { afterKey: null, copied: 0 };
      done += start.copied;
      await copyTable(source, target, table, start, (rows) => {
        done += rows;
        progress.show(done, total);
      });
    }
  } finally {
    progress.end();
  }
  const columnsOf = (name: string, all: typeof sourceTables) =>
    all.find((one) => one.name === name)?.columns ?? [];
  await compare(
    source,
    target,
    tables.map((table) =>
      summedTable(table, columnsOf(table.name, sourceTables), columnsOf(table.name, targetTables)),
    ),
  );
  await target.finish();
  return done;
}

async function copyTable(
  source: CopySource,
  target: CopyTarget,
  table: CopyTable,
  start: CopyProgress,
  onRows: (rows: number) => void,
): Promise<void> {
  let at = start;
  let limit = firstRows;
  for (;;) {
    const after = at.afterKey === null ? null : keyFrom(at.afterKey);
    const { rows, lastKey } = await source.read(table, after, limit);
    if (rows.length === 0) return;
    const next = { afterKey: keyText(lastKey), copied: at.copied + rows.length };
    await target.write(table, rows, at, next);
    onRows(rows.length);
    const bytes = sizeOf(rows);
    if (bytes > pageBytes) limit = Math.max(1, limit >> 1);
    else if (bytes < pageBytes / 2) limit = Math.min(mostRows, limit * 2);
    at = next;
  }
}

function sizeOf(rows: readonly (readonly CopyValue[])[]): number {
  let bytes = 0;
  for (const row of rows) {
    for (const value of row) {
      bytes += typeof value === 'string' || value instanceof Uint8Array ? value.length : 8;
    }
  }
  return bytes;
}

/** Throws a StartupError where a figure of the two is not the same. */
async function compare(
  source: CopySource,
  target: CopyTarget,
  tables: readonly CopyTable[],
): Promise<void> {
  const differing: string[] = [];
  for (const table of tables) {
    const [wanted, found] = [await source.sums(table), await target.sums(table)];
    const figure = Object.keys(wanted).find((name) => wanted[name] !== found[name]);
    if (figure === undefined) continue;
    differing.push(`${table.name} (${figure}: ${wanted[figure]} there, ${found[figure]} here)`);
  }
  if (differing.length === 0) return;
  throw new StartupError(
    `The copy to ${target.place} is not equal to ${source.place}: ${differing.slice(0, toldTables).join(', ')}. Was a server started on the source meanwhile? Empty the target and copy again.`,
  );
}
