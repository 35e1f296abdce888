import type { Client } from './client.ts';
import { createClient } from './create-client.ts';
import { inheritedOptions, inheritedPolicies, leaveToWorkers } from './environment-data.ts';
import { openGivenFile } from '../policy/open-policy-file.ts';
import type { PolicyFile } from '../policy/policy-file.ts';
import type { ConfigureOptions } from './configure-options.ts';
import { readSettings, type Settings } from './settings.ts';
import { createWarn } from './warn.ts';

/** The warnings of this thread. */
export const warn = createWarn();

let current: Client | null = null;

/** The client of this thread, made from the environment when nobody configured one. */
export function defaultClient(): Client {
  current ??= createClient(settingsFor(inheritedOptions(), inheritedPolicies()), warn);
  return current;
}

/** Makes the client that sessions use from now on; sessions that run keep theirs. */
export function configureClient(options: ConfigureOptions): void {
  const settings = settingsFor(options, openGivenFile(options));
  leaveToWorkers(options, settings.policyFile);
  current = createClient(settings, warn);
}

/** Reports no more, until a client is configured again; answers the one before. */
export function silenceClient(): Client | null {
  const settings = { ...readSettings({}, {}), isDisabled: true };
  return replaceClient(createClient(settings, warn));
}

/** Puts another client in place and answers the one before; null stands for none yet. */
export function replaceClient(client: Client | null): Client | null {
  const before = current;
  current = client;
  return before;
}

/** Bad options throw where they are given; a bad environment only warns, for it is nobody's call. */
function settingsFor(options: ConfigureOptions, policies: PolicyFile | null): Settings {
  try {
    return readSettings(options, process.env, policies);
  } catch (error) {
    const settings = readSettings(options, {}, policies);
    const reason = error instanceof Error ? error.message : String(error);
    warn('environment', `Nothing is recorded, the environment cannot be used: ${reason}`);
    return { ...settings, isDisabled: true };
  }
}
