import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SnapshotKey } from './snapshot.ts';
import { Snapshots } from './snapshots.ts';

const key: SnapshotKey = {
  agentId: 'looper',
  environment: 'production',
  experimentId: null,
  variant: null,
};

let asked: ServerResponse[];
let answer: (response: ServerResponse) => void;
const server = createServer((_request, response) => {
  asked.push(response);
  answer(response);
});
const of = (revision: number) => (response: ServerResponse) =>
  void response.end(JSON.stringify({ revision, policies: [] }));

beforeEach(async () => {
  asked = [];
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => new Promise((resolve) => void server.close(resolve)));

function openSnapshots(): Snapshots {
  const { port } = server.address() as AddressInfo;
  return new Snapshots({
    apiUrl: `http://127.0.0.1:${port}`,
    apiKey: 'nk_test',
    folder: null,
    warn: () => {},
  });
}

describe('Snapshots.noteRevision()', () => {
  test('has what was on its way when the revision moved asked for again (P5)', async () => {
    answer = () => {};
    const snapshots = openSnapshots();
    snapshots.request(key);
    await expect.poll(() => asked.length).toBe(1);
    snapshots.noteRevision(2);
    const [first] = asked;
    if (first !== undefined) of(1)(first);
    await expect.poll(() => snapshots.of(key)?.revision).toBe(1);
    answer = of(2);
    const noted = () => {
      snapshots.noteRevision(2);
      return snapshots.of(key)?.revision;
    };
    await expect.poll(noted, { timeout: 5_000 }).toBe(2);
    noted();
    expect(asked).toHaveLength(2);
  });
});
