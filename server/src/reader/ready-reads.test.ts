import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openReads } from '../storage/sqlite/reads.ts';
import { openStore, type TestStore } from '../testing/open-store.ts';
import { noonMs, sessionId, start, testOrgId } from '../testing/records.ts';
import { readyReads } from './ready-reads.ts';

describe('readyReads()', () => {
  let store: TestStore;
  beforeEach(async () => {
    store = openStore(noonMs);
    await store.ingest([
      start(1, { goal: 'café 契約' }),
      start(2, { parent_session_id: sessionId(1) }),
      start(3, { parent_session_id: sessionId(2) }),
    ]);
  });
  afterEach(() => store.close());

  test('sessionTreeJson() gives a tree to its depth as UTF-8, null for none (S9)', async () => {
    const ready = readyReads(openReads(store.db));
    const bytes = await ready.sessionTreeJson(testOrgId, sessionId(1), 1, noonMs);
    expect(bytes?.byteLength).toBe(bytes?.buffer.byteLength);
    const tree = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes ?? undefined));
    expect(tree).toMatchObject({
      root: sessionId(1),
      items: [
        { id: sessionId(1), goal: 'café 契約', hidden_descendants: 0 },
        { id: sessionId(2), hidden_descendants: 1 },
      ],
      depth_limit: 1,
      truncated: false,
    });
    expect(tree.items).toHaveLength(2);
    expect(await ready.sessionTreeJson(testOrgId, sessionId(9), 1, noonMs)).toBeNull();
  });
});
