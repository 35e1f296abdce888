import { createHash } from 'node:crypto';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** Where the spools of all addresses and keys lie on this machine. */
export function spoolRoot(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): string {
  return join(stateFolder(env, platform), 'niitaka', 'spool', 'v1');
}

/** Where the snapshots of all addresses and keys lie on this machine. */
export function snapshotRoot(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): string {
  return join(stateFolder(env, platform), 'niitaka', 'snapshots', 'v1');
}

/** The spool of one address and key: only processes that use both share it. */
export function spoolFolder(root: string, apiUrl: string, apiKey: string): string {
  const hash = createHash('sha256')
    .update(`${apiUrl.replace(/\/+$/, '')}\n${apiKey}`)
    .digest('hex');
  return join(root, hash.slice(0, 16));
}

function stateFolder(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): string {
  const given = env['XDG_STATE_HOME'] ?? '';
  // A relative one is to be ignored, says its specification.
  if (isAbsolute(given)) return given;
  if (platform === 'darwin') return join(homedir(), 'Library', 'Application Support');
  if (platform === 'win32') return env['LOCALAPPDATA'] ?? join(homedir(), 'AppData', 'Local');
  return join(homedir(), '.local', 'state');
}
