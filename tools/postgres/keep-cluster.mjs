import { execFileSync, spawn } from 'node:child_process';
import { chownSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { findPostgres } from '../setup/find-postgres.mjs';

/**
 * Runs a private PostgreSQL in a folder for as long as another process lives, then removes it all. Says what came of
 * the start in `ready.json` or `failed.txt`. FSYNC is `on` or `off`.
 *
 * Usage: node keep-cluster.mjs FOLDER PID FSYNC
 */
const [folder = '', pid = '', fsync = 'on'] = process.argv.slice(2);
const owner = Number(pid);
const password = 'niitaka-test';
const lookEveryMs = 500;

try {
  await keep();
} catch (error) {
  say('failed.txt', error instanceof Error ? error.message : String(error));
}

async function keep() {
  const programs = findPostgres();
  if (programs === null) throw new Error('PostgreSQL was not found: install it (initdb, postgres)');
  const user = unprivilegedUser();
  const data = join(folder, 'data');
  mkdirSync(data, { mode: 0o700 });
  const passwordFile = join(folder, 'password');
  writeFileSync(passwordFile, password);
  if (user.uid !== undefined) {
    for (const path of [folder, data, passwordFile]) chownSync(path, user.uid, user.gid);
  }
  const auth = ['--auth=scram-sha-256', `--pwfile=${passwordFile}`, '-U', 'niitaka'];
  execFileSync(
    join(programs, 'initdb'),
    ['-D', data, ...auth, '-E', 'UTF8', '--locale=C', '--no-sync'],
    { ...user, cwd: folder, stdio: 'pipe' },
  );
  const port = await freePort();
  const settings = [
    `port=${port}`,
    'listen_addresses=127.0.0.1',
    `unix_socket_directories=${folder}`,
    'max_connections=200',
    'shared_buffers=128MB',
    'max_wal_size=2GB',
    `fsync=${fsync}`,
  ].flatMap((setting) => ['-c', setting]);
  const server = spawn(join(programs, 'postgres'), ['-D', data, ...settings], {
    ...user,
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  server.stderr.setEncoding('utf8').on('data', (text) => {
    said = (said + text).slice(-10_000);
    if (text.includes('ready to accept connections')) {
      const url = `postgres://niitaka:${password}@127.0.0.1:${port}/postgres`;
      say('ready.json', JSON.stringify({ url, pid: server.pid }));
    }
  });
  server.on('exit', () => {
    if (isAlive(owner)) say('failed.txt', said);
    else end();
  });
  setInterval(() => {
    if (isAlive(owner)) return;
    if (server.exitCode === null) server.kill('SIGQUIT');
    else end();
  }, lookEveryMs);
}

function end() {
  rmSync(folder, { recursive: true, force: true });
  process.exit(0);
}

/** The server refuses to run as root. */
function unprivilegedUser() {
  if (process.getuid?.() !== 0) return {};
  const lines = readFileSync('/etc/passwd', 'utf8').split('\n');
  for (const name of ['postgres', 'nobody']) {
    const [, , uid, gid] = lines.find((line) => line.startsWith(`${name}:`))?.split(':') ?? [];
    if (uid !== undefined && gid !== undefined) return { uid: Number(uid), gid: Number(gid) };
  }
  throw new Error('There is no user postgres or nobody to run the server as');
}

/** @returns {Promise<number>} */
function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
      probe.close(() => resolve(port));
    });
  });
}

/**
 * Whole or not there.
 *
 * @param {string} name
 * @param {string} text
 */
function say(name, text) {
  writeFileSync(join(folder, `${name}.part`), text);
  renameSync(join(folder, `${name}.part`), join(folder, name));
}

/** @param {number} processId */
function isAlive(processId) {
  try {
    process.kill(processId, 0);
    return true;
  } catch {
    return false;
  }
}
