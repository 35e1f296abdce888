import type { AccessReader } from '../storage/access-reader.ts';
import type { BrowserSessionHolder, KeyRow } from '../storage/access-rows.ts';
import type { LastUses } from '../storage/access-tx.ts';
import { callerByKey, callerByPerson, type Caller } from './caller.ts';
import { sha256 } from './secret.ts';

/** How long a browser session lasts from its last use (O3). */
export const sessionLifeMs = 30 * 86_400_000;

// Revoking forgets at once; this bounds what another process's change takes to be seen.
const rememberedMs = 10_000;
const rememberedLimit = 10_000;
const lastUseEveryMs = 60_000;

interface Remembered<Row> {
  readonly row: Row;
  readonly untilMs: number;
}

/**
 * Finds who a secret belongs to; remembers the answer for a few seconds. Secrets are never compared, only looked up
 * by their SHA-256: how long that takes says nothing of a secret.
 */
export class Credentials {
  readonly #reader: AccessReader;
  readonly #clock: () => number;
  readonly #keys = new Map<string, Remembered<KeyRow>>();
  readonly #sessions = new Map<string, Remembered<BrowserSessionHolder>>();
  readonly #lastUses = new Map<string, number>();
  #uses: { keys: Map<string, KeyUse>; sessions: Map<string, number> } = emptyUses();

  constructor(reader: AccessReader, clock: () => number) {
    this.#reader = reader;
    this.#clock = clock;
  }

  async byKey(secret: string): Promise<Caller | null> {
    const hash = sha256(secret);
    const nowMs = this.#clock();
    let row = recall(this.#keys, hash, nowMs);
    if (row === null) {
      row = await this.#reader.keyByHash(hash);
      if (row === null) return null;
      remember(this.#keys, hash, { row, untilMs: nowMs + rememberedMs });
    }
    if (row.revokedAtMs !== null) return null;
    if (this.#isNewUse(row.id, nowMs)) {
      this.#uses.keys.set(row.id, { orgId: row.orgId, id: row.id, atMs: nowMs });
    }
    return callerByKey(row, null);
  }

  async byBrowserSession(token: string): Promise<Caller | null> {
    const hash = sha256(token);
    const nowMs = this.#clock();
    let holder = recall(this.#sessions, hash, nowMs);
    if (holder === null) {
      holder = await this.#reader.browserSession(hash);
      if (holder === null) return null;
      remember(this.#sessions, hash, { row: holder, untilMs: nowMs + rememberedMs });
    }
    if (holder.session.lastUsedAtMs + sessionLifeMs <= nowMs) return null;
    const caller = callerOf(holder);
    if (caller !== null && this.#isNewUse(hash, nowMs)) this.#uses.sessions.set(hash, nowMs);
    return caller;
  }

  /** Forgets all that is remembered, after a change of keys, people or browser sessions. */
  forget(): void {
    this.#keys.clear();
    this.#sessions.clear();
  }

  /** The uses gathered since the last call. */
  takeUses(): LastUses {
    const { keys, sessions } = this.#uses;
    this.#uses = emptyUses();
    const browserSessions = [...sessions].map(([tokenHash, atMs]) => ({ tokenHash, atMs }));
    return { keys: [...keys.values()], browserSessions };
  }

  #isNewUse(name: string, nowMs: number): boolean {
    const lastMs = this.#lastUses.get(name);
    if (lastMs !== undefined && nowMs - lastMs < lastUseEveryMs) return false;
    remember(this.#lastUses, name, nowMs);
    return true;
  }
}

interface KeyUse {
  readonly orgId: string;
  readonly id: string;
  readonly atMs: number;
}

function emptyUses(): { keys: Map<string, KeyUse>; sessions: Map<string, number> } {
  return { keys: new Map(), sessions: new Map() };
}

function callerOf({ session, person, key }: BrowserSessionHolder): Caller | null {
  if (person !== null) {
    return person.revokedAtMs === null ? callerByPerson(person, session.tokenHash) : null;
  }
  return key !== null && key.revokedAtMs === null ? callerByKey(key, session.tokenHash) : null;
}

function recall<Row>(from: Map<string, Remembered<Row>>, hash: string, nowMs: number): Row | null {
  const found = from.get(hash);
  return found !== undefined && found.untilMs > nowMs ? found.row : null;
}

/** The oldest entry makes room. */
function remember<Value>(into: Map<string, Value>, name: string, value: Value): void {
  into.delete(name);
  if (into.size >= rememberedLimit) {
    const oldest = into.keys().next();
    if (oldest.done !== true) into.delete(oldest.value);
  }
  into.set(name, value);
}
