import type { PolicySource } from './guard.ts';
import { readConfig, type RuntimeConfig } from './runtime-config.ts';
import type { SnapshotKey } from './snapshot.ts';

/** Configs that are kept in one session; what is read of further agents is not fixed. */
const configLimit = 1_000;

/** The runtime configs that are read in one session: each stays as it was read first (A4). */
export class SessionConfigs {
  readonly #source: PolicySource;
  /** Of the session's own agent. */
  readonly key: SnapshotKey;
  readonly #known = new Map<string, Promise<RuntimeConfig>>();
  #isFixed = false;

  constructor(source: PolicySource, key: SnapshotKey) {
    this.#source = source;
    this.key = key;
  }

  /** The config of an agent; waits for the server where nobody has, but not for long. */
  of(key: SnapshotKey): Promise<RuntimeConfig> {
    return this.#known.get(nameOf(key)) ?? this.#keep(key, knownConfig(this.#source, key));
  }

  /** A call of a model counts as a read of what is known at it; this waits for nothing. */
  fix(): void {
    if (this.#isFixed) return;
    const config = this.#source.of(this.key)?.config;
    if (config === undefined) return;
    this.#isFixed = true;
    if (!this.#known.has(nameOf(this.key))) void this.#keep(this.key, Promise.resolve(config));
  }

  #keep(key: SnapshotKey, config: Promise<RuntimeConfig>): Promise<RuntimeConfig> {
    if (this.#known.size < configLimit) this.#known.set(nameOf(key), config);
    return config;
  }
}

/** The config of an agent as the server said it last; nothing is set where it never did, or nobody listens to it. */
export async function knownConfig(
  source: PolicySource | null,
  key: SnapshotKey,
): Promise<RuntimeConfig> {
  const snapshot = await source?.first(key);
  return snapshot?.config ?? readConfig(null, 'default');
}

function nameOf({ agentId, environment, experimentId, variant }: SnapshotKey): string {
  return JSON.stringify([agentId, environment, experimentId, variant]);
}
