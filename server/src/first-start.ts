import type { Config } from './config.ts';
import type { Run } from './http/app-parts.ts';
import { signInLink } from './http/public-url.ts';
import { keyPrefix, newApiKey, newToken, sha256 } from './http/secret.ts';
import { StartupError } from './storage/startup-error.ts';

/** How long a one-time link of the command line holds (O3). */
export const linkLifeMs = 15 * 60_000;

/** The key of a first start, told once; null when there was an organisation already. */
export async function createFirstOrganisation(run: Run, config: Config): Promise<string | null> {
  const key = config.initialKey ?? newApiKey();
  const ran = await run('create-organisation', {
    name: 'Niitaka',
    key: { name: 'First key', prefix: keyPrefix(key), hash: sha256(key) },
    adminName: 'Admin',
  });
  if (!ran.ok) throw new StartupError(`Cannot set up the first start: ${ran.failure.message}`);
  return ran.value.created ? key : null;
}

/** A fresh one-time link; `name` null signs in the first admin. */
export async function createLink(
  run: Run,
  { name, nowMs, publicUrl }: { name: string | null; nowMs: number; publicUrl: string },
): Promise<string> {
  const token = newToken();
  const linkExpiresAtMs = nowMs + linkLifeMs;
  const ran = await run('create-sign-in-link', { name, linkHash: sha256(token), linkExpiresAtMs });
  if (!ran.ok) throw new StartupError(ran.failure.message);
  return signInLink(publicUrl, token);
}
