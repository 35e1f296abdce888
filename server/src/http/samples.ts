import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Storage } from '../storage/port.ts';
import type { Run } from './app-parts.ts';
import { HttpProblem, problemOf } from './problem.ts';
import { keyPrefix, newApiKey, sha256 } from './secret.ts';

/** Sample sessions: sent by the same program as any agent's, removed by their tag. */
export interface Samples {
  isRunning(orgId: string): boolean;
  /** Begins to send; nothing new begins while it does. */
  start(who: SampleCaller, url: string): Promise<void>;
  /** Stops sending and removes every sample session; answers how many. */
  remove(who: SampleCaller): Promise<number>;
  close(): Promise<void>;
}

export interface SampleCaller {
  readonly orgId: string;
  readonly actor: string;
}

const program = fileURLToPath(new URL('../../../samples/run.ts', import.meta.url));
const historyDays = 7;
const removedPerRead = 500;
const removedLimit = 100_000;
const stopWithinMs = 5_000;

export function openSamples(
  storage: Storage,
  run: Run,
  onFailure: (reason: string) => void,
): Samples {
  const running = new Map<string, ChildProcess>();
  return {
    isRunning: (orgId) => running.has(orgId),
    async start(who, url) {
      if (running.has(who.orgId)) return;
      if (!existsSync(program)) {
        throw new HttpProblem('not_found', 'The sample agents are not part of this installation');
      }
      const { key, id } = await createSampleKey(run, who);
      const stateFolder = join(tmpdir(), `niitaka-samples-${randomUUID()}`);
      const child = spawnProgram(url, key, stateFolder);
      running.set(who.orgId, child);
      child.once('error', (error) => onFailure(error.message));
      child.once('exit', (code) => {
        running.delete(who.orgId);
        if (code !== 0 && code !== null) onFailure(`it ended with code ${code}`);
        void run('revoke-key', { ...who, id });
        void rm(stateFolder, { recursive: true, force: true });
      });
      await run('note-deed', { ...who, deed: { action: 'load-samples', target: who.orgId } });
    },
    async remove(who) {
      await stop(running.get(who.orgId));
      return removeAll(storage, run, who);
    },
    async close() {
      await Promise.all([...running.values()].map(stop));
    },
  };
}

async function createSampleKey(run: Run, who: SampleCaller): Promise<{ key: string; id: string }> {
  const key = newApiKey();
  const ran = await run('create-key', {
    once: null,
    args: {
      ...who,
      name: 'Sample data',
      scopes: ['ingest'],
      prefix: keyPrefix(key),
      hash: sha256(key),
    },
  });
  if (!ran.ok) throw problemOf(ran.failure);
  return { key, id: ran.value.value.id };
}

/** The key goes by the environment: arguments are seen by every user of the machine. */
function spawnProgram(url: string, key: string, stateFolder: string): ChildProcess {
  const args = [program, '--once', '--history-days', String(historyDays)];
  const { PATH } = process.env;
  const env = {
    ...(PATH === undefined ? {} : { PATH }),
    NIITAKA_URL: url,
    NIITAKA_API_KEY: key,
    XDG_STATE_HOME: stateFolder,
  };
  return spawn(process.execPath, args, { env, stdio: 'ignore' });
}

async function stop(child: ChildProcess | undefined): Promise<void> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const killer = setTimeout(() => child.kill('SIGKILL'), stopWithinMs);
  await ended;
  clearTimeout(killer);
}

async function removeAll(storage: Storage, run: Run, who: SampleCaller): Promise<number> {
  const { orgId } = who;
  let removed = 0;
  while (removed < removedLimit) {
    const ids = await storage.reader.sessionIdsByTag(orgId, 'sample', 'true', removedPerRead);
    for (const sessionId of ids) {
      const ran = await run('delete-session', { orgId, sessionId });
      if (!ran.ok && ran.failure.code !== 'not_found') throw problemOf(ran.failure);
    }
    removed += ids.length;
    if (ids.length < removedPerRead) break;
  }
  const deed = { action: 'remove-samples', target: orgId, after: { removed } };
  await run('note-deed', { ...who, deed });
  return removed;
}
