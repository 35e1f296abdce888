import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Warn } from '../client/warn.ts';
import { getQuietly } from '../transport/get-quietly.ts';
import { readSnapshot, type Snapshot, type SnapshotKey } from './snapshot.ts';

/** Agents (by environment and variant) whose policies are kept; further ones go without until the process ends. */
const agentLimit = 1_000;

const answerWithinMs = 10_000;

/** The first read of a config waits for the server so long, ms; then what it said last holds (A4). */
const firstWaitMs = 500;

/** Between two looks whether a snapshot is of the server's revision: its answer may have been older, or none. */
const lookAgainMs = 2_000;

/** Where snapshots come from and where they are kept. */
export interface SnapshotsOptions {
  readonly apiUrl: string;
  readonly apiKey: string;
  /** The folder of this address and key; null keeps them in memory. */
  readonly folder: string | null;
  readonly warn: Warn;
}

interface Known {
  snapshot: Snapshot | null;
  etag: string | null;
  /** What is under way; null where nothing is. */
  fetching: Promise<void> | null;
  askedTick: number;
  /** Whether the server was heard, or waited for in vain: nobody waits any more. */
  isSettled: boolean;
}

/** The snapshots of one address and key: fetched in the background, kept on disk for when the server is away (P5). */
export class Snapshots {
  readonly #options: SnapshotsOptions;
  readonly #known = new Map<string, Known & { readonly key: SnapshotKey }>();
  #revision: number | null = null;
  #lookTick = 0;

  constructor(options: SnapshotsOptions) {
    this.#options = options;
  }

  /** The newest that is known: from the server, else from the disk; null when there is none yet. */
  of(key: SnapshotKey): Snapshot | null {
    return this.#entryOf(key)?.snapshot ?? null;
  }

  /** Asks the server anew, in the background. */
  request(key: SnapshotKey): void {
    const entry = this.#entryOf(key);
    if (entry === null || entry.fetching !== null) return;
    entry.askedTick = performance.now();
    entry.fetching = this.#fetch(key, entry).finally(() => {
      entry.fetching = null;
      entry.isSettled = true;
    });
  }

  /** As `of`, but one that the server was not asked for yet is waited for, once and not for long (A4). */
  async first(key: SnapshotKey): Promise<Snapshot | null> {
    const entry = this.#entryOf(key);
    if (entry?.isSettled === false) {
      this.request(key);
      await within(entry.fetching, firstWaitMs);
      entry.isSettled = true;
    }
    const snapshot = entry?.snapshot ?? null;
    if (snapshot?.config.origin !== 'server') this.#warnOfConfig(key, snapshot !== null);
    return snapshot;
  }

  /** Asks anew where that was not done for so many milliseconds. */
  refresh(key: SnapshotKey, ms: number): void {
    const entry = this.#entryOf(key);
    if (entry !== null && performance.now() - entry.askedTick >= ms) this.request(key);
  }

  /** The server's policies stand at this revision: snapshots of another are fetched again, until they are of it. */
  noteRevision(revision: number): void {
    const nowTick = performance.now();
    if (revision === this.#revision && nowTick < this.#lookTick) return;
    this.#revision = revision;
    this.#lookTick = nowTick + lookAgainMs;
    for (const { key, snapshot } of this.#known.values()) {
      if (snapshot?.revision !== revision) this.request(key);
    }
  }

  #entryOf(key: SnapshotKey): Known | null {
    const name = nameOf(key);
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    if (this.#known.size >= agentLimit) return null;
    const snapshot = this.#read(key);
    const unasked = { etag: null, fetching: null, askedTick: -Infinity, isSettled: false };
    const entry = { key, snapshot, ...unasked };
    this.#known.set(name, entry);
    return entry;
  }

  async #fetch(key: SnapshotKey, entry: Known): Promise<void> {
    const { apiUrl, apiKey } = this.#options;
    const url = new URL(`${apiUrl}/api/v1/snapshot`);
    for (const [name, value] of queryOf(key)) if (value !== null) url.searchParams.set(name, value);
    const condition = entry.etag === null ? {} : { 'if-none-match': entry.etag };
    const answer = await getQuietly(url, { 'x-api-key': apiKey, ...condition }, answerWithinMs);
    if (answer?.status !== 200) return;
    const snapshot = readSnapshot(key, answer.text);
    if (snapshot === null) return;
    entry.snapshot = snapshot;
    entry.etag = answer.etag;
    this.#write(key, answer.text);
  }

  #read(key: SnapshotKey): Snapshot | null {
    const { folder } = this.#options;
    if (folder === null) return null;
    try {
      return readSnapshot(key, readFileSync(join(folder, fileOf(key)), 'utf8'), 'disk');
    } catch {
      return null;
    }
  }

  #warnOfConfig({ agentId }: SnapshotKey, isKept: boolean): void {
    const { warn } = this.#options;
    if (isKept) {
      warn('old_config', 'The server does not answer: the runtime config it gave last time holds.');
    } else {
      const whose = agentId ?? 'no agent';
      warn('no_config', `No runtime config of ${whose} is known: the server does not answer.`);
    }
  }

  #write(key: SnapshotKey, text: string): void {
    const { folder, warn } = this.#options;
    if (folder === null) return;
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const file = join(folder, fileOf(key));
      writeFileSync(`${file}.${process.pid}`, text, { mode: 0o600 });
      renameSync(`${file}.${process.pid}`, file);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      warn(
        'snapshot',
        `Cannot keep the policies on disk: ${reason}. Without the server none hold.`,
      );
    }
  }
}

/** Waits, for so long at most; it holds the process, for somebody waits for what comes after it. */
async function within(work: Promise<void> | null, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([work, over]);
  clearTimeout(timer);
}

function queryOf(key: SnapshotKey): readonly (readonly [string, string | null])[] {
  return [
    ['agent_id', key.agentId],
    ['environment', key.environment],
    ['experiment_id', key.experimentId],
    ['variant', key.variant],
  ];
}

function nameOf(key: SnapshotKey): string {
  return JSON.stringify(queryOf(key).map(([, value]) => value));
}

function fileOf(key: SnapshotKey): string {
  return `${createHash('sha256').update(nameOf(key)).digest('hex').slice(0, 32)}.json`;
}
