import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openReader, type Connection } from '../storage/sqlite/connection.ts';
import { openReads } from '../storage/sqlite/reads.ts';
import { openStore, type TestStore } from '../testing/open-store.ts';
import {
  end,
  iso,
  llm,
  noonMs,
  numbered,
  sessionId,
  start,
  testOrgId,
} from '../testing/records.ts';
import type { Reader } from '../storage/reader.ts';
import { exportColumns, exportSessions, type ExportRequest } from './export-sessions.ts';

/** More than two pages of the export. */
const sessions = 1_100;

let store: TestStore;
let connection: Connection;
let reader: Reader;

beforeAll(async () => {
  store = openStore(noonMs + 60_000);
  for (let from = 1; from <= sessions; from += 275) {
    const numbers = Array.from({ length: 275 }, (_, index) => from + index);
    await store.ingest(
      numbers.map((number) => start(number, { started_at: iso(noonMs - number * 1_000) })),
    );
  }
  connection = openReader(store.path);
  reader = openReads(connection);
});

afterAll(() => {
  connection.close();
  store.close();
});

const asked = (more: Partial<ExportRequest> = {}): ExportRequest => ({
  orgId: testOrgId,
  filter: {},
  sort: '-started_at',
  columns: ['id'],
  format: 'jsonl',
  ...more,
});

async function textOf(request: ExportRequest): Promise<string> {
  let text = '';
  for await (const part of exportSessions(reader, request, () => noonMs)) text += part;
  return text;
}

const idsOf = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { id: string }).id);

describe('exportSessions()', () => {
  test('gives every session once, in order, over many pages', async () => {
    const ids = Array.from({ length: sessions }, (_, index) => sessionId(index + 1));
    expect(idsOf(await textOf(asked()))).toEqual(ids);
    expect(idsOf(await textOf(asked({ sort: 'started_at' })))).toEqual(ids.toReversed());
    const byCost = idsOf(await textOf(asked({ sort: 'cost' })));
    expect(byCost.toSorted()).toEqual(ids);
  });

  test('reads a page only when the one before it was taken, and none after the client left', async () => {
    let pages = 0;
    const counting: Reader = {
      ...reader,
      listSessions(orgId, request) {
        pages += 1;
        return reader.listSessions(orgId, request);
      },
    };
    const parts = exportSessions(counting, asked({ format: 'csv' }), () => noonMs);
    expect((await parts.next()).value).toBe('id\r\n');
    expect(pages).toBe(0);
    await parts.next();
    expect(pages).toBe(1);
    await parts.next();
    expect(pages).toBe(2);
    await parts.return(undefined);
    expect((await parts.next()).done).toBe(true);
    expect(pages).toBe(2);
  });

  test('goes on while sessions arrive and change', async () => {
    const parts = exportSessions(reader, asked(), () => noonMs);
    let text = (await parts.next()).value as string;
    await store.ingest([start(5_000, { started_at: iso(noonMs) }), end(700)]);
    for await (const part of parts) text += part;
    const ids = idsOf(text);
    expect(ids.length).toBe(sessions);
    expect(new Set(ids).size).toBe(sessions);
  });

  test('an empty list is a head alone in CSV and nothing in JSON lines', async () => {
    const filter = { agentIds: ['nobody'] };
    expect(await textOf(asked({ filter, format: 'csv' }))).toBe('id\r\n');
    expect(await textOf(asked({ filter }))).toBe('');
  });

  test('every column there is can be asked for, and tells incomplete figures (D1)', async () => {
    await store.ingest([llm(1, 1, numbered(1, 9)), end(1)]);
    const filter = { incomplete: true };
    const [line] = (await textOf(asked({ filter, columns: exportColumns }))).split('\n');
    const row = JSON.parse(line ?? '{}') as Record<string, unknown>;
    expect(Object.keys(row)).toEqual(exportColumns);
    expect(row).toMatchObject({
      id: sessionId(1),
      status: 'done',
      total_cost: 0.5,
      tree_cost: 0.5,
      llm_count: 1,
      incomplete: true,
    });
    const [marked] = (await textOf(asked({ filter, columns: ['total_cost'] }))).split('\n');
    expect(JSON.parse(marked ?? '{}')).toEqual({ total_cost: 0.5, incomplete: true });
  });

  test.each(['=1+1', '+1', '-1', '@sum', '\tx', '\rx', '＝1'])(
    'a goal like %j is no formula',
    async (goal) => {
      const number = 6_000 + goal.charCodeAt(0);
      await store.ingest([start(number, { goal, user_id: 'formula' })]);
      const filter = { userIds: ['formula'] };
      const text = await textOf(asked({ filter, columns: ['goal'], format: 'csv' }));
      const cells = text.split('\r\n').map((cell) => cell.replace(/^"/, ''));
      expect(cells.some((cell) => cell.startsWith("'"))).toBe(true);
      expect(cells.filter((cell) => /^[=+\-@\t\r＝]/.test(cell))).toEqual([]);
    },
  );
});
