import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram } from '../setup/run-program.mjs';
import { openDemoKey } from './demo-key.mjs';

/** How long the server may take until the demo gives up, in milliseconds. */
const readyWithinMs = 60_000;

/** Days of history that an empty server is given. */
const historyDays = 7;

/**
 * @typedef {object} Demo
 * @property {() => Promise<void>} stop Ends the sample agents and revokes their key.
 */

/**
 * Runs the sample agents against the server that is starting: waits for it, signs in by a one-time link as a person
 * would, makes a key with scope ingest, and keeps the agents running.
 *
 * @param {string} root The project's folder.
 * @param {string} node The pinned Node.
 * @param {AbortSignal} gone Aborted when the server is gone: the agents go too.
 * @returns {Promise<Demo>}
 */
export async function startDemo(root, node, gone) {
  const url = serverUrl(process.env);
  await untilReady(url, gone);
  const link = await runProgram(node, [join(root, 'server/niitaka.mjs'), 'link'], {
    cwd: root,
    quiet: true,
  });
  const token = /[?&]token=([\w-]+)/.exec(link.output)?.[1];
  if (token === undefined) throw new Error(`no sign-in link was printed: ${link.output.trim()}`);
  const { key, revoke, isEmpty, takePolicies } = await openDemoKey(url, token);
  const state = mkdtempSync(join(tmpdir(), 'niitaka-demo-'));
  const env = { ...process.env, NIITAKA_URL: url, NIITAKA_API_KEY: key, XDG_STATE_HOME: state };
  const program = join(root, 'samples/run.ts');
  // Policies come after the past, which they did not hold for; whoever changes them keeps the change.
  if (isEmpty) {
    const past = [program, '--past', '--history-days', String(historyDays)];
    const { code, output } = await runProgram(node, past, { cwd: root, env, quiet: true });
    if (code !== 0) throw new Error(`the past could not be written: ${output.trim()}`);
    await takePolicies(readFileSync(join(root, 'samples/policies.yaml'), 'utf8'));
  }
  const agents = spawn(node, [program, '--live'], { cwd: root, env, stdio: 'inherit' });
  gone.addEventListener('abort', () => agents.kill('SIGTERM'));
  agents.once('exit', () => rmSync(state, { recursive: true, force: true }));
  console.log('Sample agents are running; their sessions carry the tag sample=true.');
  return { stop: () => stopDemo(agents, revoke) };
}

/**
 * @param {import('node:child_process').ChildProcess} agents
 * @param {() => Promise<void>} revoke
 */
async function stopDemo(agents, revoke) {
  const ended = new Promise((resolve) => agents.once('exit', resolve));
  if (agents.exitCode === null && agents.kill('SIGTERM')) await ended;
  await revoke();
}

/**
 * @param {NodeJS.ProcessEnv} env
 * @returns {string}
 */
export function serverUrl(env) {
  const port = env['NIITAKA_PORT']?.trim() || '4600';
  if (port === '0') throw new Error('NIITAKA_PORT must be a fixed port: got 0');
  const host = env['NIITAKA_HOST']?.trim() || '127.0.0.1';
  const reachable = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
}

/**
 * @param {string} url
 * @param {AbortSignal} gone
 */
async function untilReady(url, gone) {
  const deadline = Date.now() + readyWithinMs;
  while (Date.now() < deadline) {
    if (gone.aborted) throw new Error('the server ended');
    const answer = await fetch(`${url}/readyz`).catch(() => null);
    if (answer?.ok === true) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`the server did not answer at ${url} within ${readyWithinMs / 1000} s`);
}
