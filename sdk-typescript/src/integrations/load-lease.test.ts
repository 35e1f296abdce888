import { expect, test } from 'vitest';
import { createWarn } from '../client/warn.ts';
import { bookCall } from './lease-call.ts';
import { loadLease } from './load-lease.ts';

test('brings what books a call', async () => {
  const told: string[] = [];
  const lease = await loadLease(createWarn((message) => told.push(message)));
  expect(lease?.bookCall).toBe(bookCall);
  expect(told).toEqual([]);
});

test('a file that is gone fails no call, and is told once', async () => {
  const told: string[] = [];
  const warn = createWarn((message, code) => told.push(`${code}: ${message}`));
  const gone = () => import(`./${'gone'}.ts`) as Promise<never>;
  expect(await loadLease(warn, gone)).toBeNull();
  expect(await loadLease(warn, gone)).toBeNull();
  expect(told.length).toBe(1);
  expect(told[0]).toMatch(
    /^NIITAKA_LEASE: Calls are not booked on the budget of their tree: .*gone/,
  );
});
