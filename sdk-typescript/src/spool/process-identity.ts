import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { threadId } from 'node:worker_threads';
import type { SegmentOwner } from './segment-name.ts';

/** Who writes here: this thread of this process since its start in this boot. */
export function ownIdentity(): SegmentOwner {
  return {
    bootId: bootId(),
    namespace: pidNamespace(),
    pid: process.pid,
    startTicks: startTicks(process.pid) ?? '0',
    thread: threadId,
  };
}

/** Start of a process in ticks since boot; null when there is no such process. */
export function startTicks(pid: number): string | null {
  if (process.platform === 'linux') return linuxStartTicks(pid);
  if (!isAlive(pid)) return null;
  return process.platform === 'darwin' ? darwinStart(pid) : '0';
}

function linuxStartTicks(pid: number): string | null {
  const stat = attempt(() => readFileSync(`/proc/${pid}/stat`, 'latin1'));
  // Field 22, counted after the command name, which may hold spaces and brackets.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  const isGone = fields?.[0] === 'Z' || fields?.[0] === 'X';
  return isGone ? null : (fields?.[19] ?? null);
}

function darwinStart(pid: number): string {
  const started = attempt(() => run('ps', ['-o', 'lstart=', '-p', String(pid)]));
  const seconds = Math.floor(Date.parse(started ?? '') / 1000);
  return Number.isFinite(seconds) ? String(seconds) : '0';
}

function bootId(): string {
  const id =
    process.platform === 'darwin'
      ? attempt(() => run('sysctl', ['-n', 'kern.bootsessionuuid']))
      : attempt(() => readFileSync('/proc/sys/kernel/random/boot_id', 'latin1'));
  return id?.trim().replaceAll('-', '').toLowerCase() || '0';
}

function pidNamespace(): string {
  return attempt(() => String(statSync('/proc/self/ns/pid', { bigint: true }).ino)) ?? '0';
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function run(program: string, args: readonly string[]): string {
  return execFileSync(program, args, {
    encoding: 'utf8',
    timeout: 1000,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}

function attempt<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}
