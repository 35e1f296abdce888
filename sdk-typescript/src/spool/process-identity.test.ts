import { spawn } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import { threadId } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import { ownIdentity, startTicks } from './process-identity.ts';

describe.runIf(process.platform === 'linux')('ownIdentity()', () => {
  test('tells boot, namespace, pid, start and thread as the system does', () => {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const inode = /\[(\d+)\]/.exec(readlinkSync('/proc/self/ns/pid'))?.[1];
    expect(ownIdentity()).toEqual({
      bootId: boot.replaceAll('-', ''),
      namespace: inode,
      pid: process.pid,
      startTicks: startTicks(process.pid),
      thread: threadId,
    });
  });
});

describe('startTicks()', () => {
  test('is a number for a living process, whatever its name holds', async () => {
    const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 20000)'], {
      argv0: 'a) b (c',
    });
    expect(startTicks(child.pid ?? 0)).toMatch(/^\d+$/);
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
    expect(startTicks(child.pid ?? 0)).toBe(null);
  });

  test('is null for a process that there is not', () => {
    expect(startTicks(2 ** 30)).toBe(null);
  });
});
