import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const name = 'niitaka.address';

/** Leaves word of where the server listens, for commands that run beside it. */
export async function writeAddress(dataDir: string, url: string): Promise<void> {
  await writeFile(join(dataDir, name), `${url}\n`);
}

/** Where a server on this directory listens; null when none is running, or none says so. */
export async function readAddress(dataDir: string): Promise<string | null> {
  const text = await readFile(join(dataDir, name), 'utf8').catch(() => null);
  return text === null || !URL.canParse(text.trim()) ? null : text.trim();
}

/** The server has ended. */
export async function removeAddress(dataDir: string): Promise<void> {
  await rm(join(dataDir, name), { force: true });
}
