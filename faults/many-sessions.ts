import { randomBytes } from 'node:crypto';
import { uuidV7 } from '@niitaka/core/ids/uuid-v7.ts';
import { sendAll, type ServerUnderFault } from './server-under-fault.ts';

/** Records of one batch. */
const batchSize = 1_000;

const levels = 8;

/** Stores sessions that have ended, a second apart; answers their ids. */
export async function storeSessions(server: ServerUnderFault, count: number): Promise<string[]> {
  const nowMs = Date.now();
  const ids = Array.from({ length: count }, (_, index) => newId(nowMs - index * 1_000));
  await sendRecords(
    server,
    ids.flatMap((id, index) => {
      const startedMs = nowMs - index * 1_000;
      const goal = `Answer ticket ${index} about the invoice of ${index % 97}`;
      return [start(id, startedMs, { goal }), end(id, startedMs + 500)];
    }),
  );
  return ids;
}

/** Stores one tree of so many descendants, as wide on each of its levels; answers the id of its root. */
export async function storeTree(server: ServerUnderFault, descendants: number): Promise<string> {
  const startedMs = Date.now() - 60_000;
  const root = newId(startedMs);
  const nodes = [root];
  const perLevel = Math.ceil(descendants / levels);
  const below = Array.from({ length: descendants }, (_, index) => {
    const level = Math.floor(index / perLevel);
    const parent = level === 0 ? 0 : 1 + (level - 1) * perLevel + (index % perLevel);
    const id = newId(startedMs + index);
    nodes.push(id);
    return start(id, startedMs + index, { parent_session_id: nodes[parent] });
  });
  await sendRecords(server, [start(root, startedMs, { goal: 'the root' }), ...below]);
  return root;
}

async function sendRecords(server: ServerUnderFault, records: readonly object[]): Promise<void> {
  for (let from = 0; from < records.length; from += batchSize) {
    const part = records.slice(from, from + batchSize);
    await sendAll(server, [JSON.stringify({ records: part })]);
  }
}

function newId(atMs: number): string {
  return uuidV7(atMs, randomBytes(10));
}

function start(id: string, atMs: number, more: object): object {
  const at = new Date(atMs).toISOString();
  return { kind: 'session.start', session_id: id, agent_id: 'many', started_at: at, ...more };
}

function end(id: string, atMs: number): object {
  return { kind: 'session.end', session_id: id, ended_at: new Date(atMs).toISOString() };
}
