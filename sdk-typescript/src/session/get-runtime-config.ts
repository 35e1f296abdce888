import { defaultClient } from '../client/default-client.ts';
import { currentScope } from '../context/scope.ts';
import type { RuntimeConfig } from '../policy/runtime-config.ts';
import { knownConfig } from '../policy/session-configs.ts';
import type { SnapshotKey } from '../policy/snapshot.ts';
import { checkSessionOptions } from './check-arguments.ts';
import type { SessionOptions } from './session-options.ts';

/** A config that is read outside of sessions is asked for again, in the background, when it is older, ms. */
const refreshMs = 30_000;

/** Whose config is read. Left out: the current session's, or no agent's and what `configure` says. */
export type ConfigOptions = Pick<
  SessionOptions,
  'agentId' | 'experimentId' | 'variant' | 'environment'
>;

/** Reads the config of an agent: in a session as it was read there first. */
export async function readRuntimeConfig(options: ConfigOptions): Promise<RuntimeConfig> {
  checkSessionOptions(options);
  const { outlet, settings } = defaultClient();
  const configs = currentScope()?.recorder.configs ?? null;
  const own = configs?.key;
  const isOwn = own !== undefined && (options.agentId ?? own.agentId) === own.agentId;
  const base = isOwn ? own : { environment: settings.environment ?? 'production' };
  const key: SnapshotKey = {
    agentId: options.agentId ?? null,
    experimentId: options.experimentId ?? null,
    variant: options.variant ?? null,
    ...base,
    ...defined(options),
  };
  if (configs !== null) return configs.of(key);
  const config = await knownConfig(outlet.policies, key);
  outlet.policies?.refresh(key, refreshMs);
  return config;
}

function defined({ agentId, experimentId, variant, environment }: ConfigOptions): object {
  const given = { agentId, experimentId, variant, environment };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value != null));
}
