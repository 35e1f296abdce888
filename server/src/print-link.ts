import { readAddress } from './address-file.ts';
import { createSignInLink } from './commands/create-sign-in-link.ts';
import type { Config } from './config.ts';
import { systemClock } from './context.ts';
import { linkLifeMs } from './first-start.ts';
import { signInLink } from './http/public-url.ts';
import { newToken, sha256 } from './http/secret.ts';
import { StartupError } from './storage/startup-error.ts';
import { runCommandAlone } from './writer/run-command-alone.ts';

/** A fresh one-time link as text; works beside a running server (O3). */
export async function printLink(config: Config, name: string | null): Promise<string> {
  const token = newToken();
  const args = {
    name,
    linkHash: sha256(token),
    linkExpiresAtMs: systemClock() + linkLifeMs,
  };
  const ran = await runCommandAlone(config, createSignInLink, args);
  if (!ran.ok) throw new StartupError(ran.failure.message);
  const running = await readAddress(config.dataDir);
  const configured = `http://${hostOf(config)}:${config.port}`;
  const publicUrl = config.publicUrl ?? running ?? configured;
  const note = `Signs ${ran.value.name} in, once, within 15 minutes:`;
  return `${note}\n  ${signInLink(publicUrl, token)}`;
}

function hostOf({ host }: Config): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}
