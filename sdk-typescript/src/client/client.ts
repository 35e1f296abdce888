import { randomFillSync } from 'node:crypto';
import { uuidV7After, type UuidV7State } from '@niitaka/core/ids/uuid-v7.ts';
import { ContentFilter } from '../content/content-filter.ts';
import { OpenCalls } from '../session/open-calls.ts';
import type { Recorder } from '../session/recorder.ts';
import type { Outlet } from '../transport/outlet.ts';
import type { Settings } from './settings.ts';
import type { Warn } from './warn.ts';

const randomPoolBytes = 4000;
const idBytes = 10;

/** Everything that the sessions of one configuration have in common. */
export class Client {
  readonly settings: Settings;
  readonly outlet: Outlet;
  readonly content: ContentFilter;
  readonly openCalls: OpenCalls;
  readonly warn: Warn;
  /** Sessions of this process that were not ended yet. */
  readonly running = new Set<Recorder>();
  readonly #pool = Buffer.alloc(randomPoolBytes);
  #poolAt = randomPoolBytes;
  #lastId: UuidV7State | null = null;

  constructor(settings: Settings, outlet: Outlet, openCalls: OpenCalls, warn: Warn) {
    this.settings = settings;
    this.outlet = outlet;
    this.openCalls = openCalls;
    this.warn = warn;
    this.content = new ContentFilter({ ...settings, warn });
  }

  /** A UUID version 7, greater than every one before it. */
  newId(): string {
    if (this.#poolAt >= randomPoolBytes) {
      randomFillSync(this.#pool);
      this.#poolAt = 0;
    }
    const random = this.#pool.subarray(this.#poolAt, this.#poolAt + idBytes);
    this.#poolAt += idBytes;
    const { id, state } = uuidV7After(this.#lastId, Date.now(), random);
    this.#lastId = state;
    return id;
  }

  /** The program used us wrongly: a warning, or a `TypeError` in strict mode. */
  misuse(kind: string, message: string): void {
    if (this.settings.isStrict) throw new TypeError(message);
    this.warn(kind, message);
  }
}
