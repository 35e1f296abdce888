import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Warn } from '../client/warn.ts';
import { getQuietly } from '../transport/get-quietly.ts';
import { readSnapshot, type Snapshot, type SnapshotKey } from './snapshot.ts';

/** Agents (by environment and variant) whose policies are kept; further ones go without until the process ends. */
const agentLimit = 1_000;

const answerWithinMs = 10_000;

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
  isFetching: boolean;
}

/** The snapshots of one address and key: fetched in the background, kept on disk for when the server is away (P5). */
export class Snapshots {
  readonly #options: SnapshotsOptions;
  readonly #known = new Map<string, Known & { readonly key: SnapshotKey }>();
  #revision: number | null = null;

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
    if (entry === null || entry.isFetching) return;
    entry.isFetching = true;
    void this.#fetch(key, entry).finally(() => {
      entry.isFetching = false;
    });
  }

  /** The server's policies stand at this revision: snapshots of another are fetched again. */
  noteRevision(revision: number): void {
    if (revision === this.#revision) return;
    this.#revision = revision;
    for (const { key, snapshot } of this.#known.values()) {
      if (snapshot?.revision !== revision) this.request(key);
    }
  }

  #entryOf(key: SnapshotKey): Known | null {
    const name = nameOf(key);
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    if (this.#known.size >= agentLimit) return null;
    const entry = { key, snapshot: this.#read(key), etag: null, isFetching: false };
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
      return readSnapshot(key, readFileSync(join(folder, fileOf(key)), 'utf8'));
    } catch {
      return null;
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
