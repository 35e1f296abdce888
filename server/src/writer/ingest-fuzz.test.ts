import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openStore } from '../testing/open-store.ts';
import {
  close,
  end,
  error,
  heartbeat,
  llm,
  metrics,
  noonMs,
  numbered,
  opening,
  signal,
  start,
  tool,
  trace,
  update,
} from '../testing/records.ts';

/** Good records of every kind, to be damaged. */
const good: readonly Readonly<Record<string, unknown>>[] = [
  start(1, { agent_id: 'a', goal: 'g', tags: { k: 'v' }, metadata: {} }),
  start(2, { parent_session_id: llm(1, 1).session_id }),
  llm(1, 1, numbered(1, 1)),
  llm(1, 2, { ...numbered(1, 2), ...opening }),
  update(llm(1, 2, numbered(1, 3))),
  tool(2, 3),
  error(1, 4, numbered(2, 1)),
  metrics(1, { score: 1 }, numbered(1, 4)),
  heartbeat(1, 2),
  signal(1, 1, numbered(1, 5)),
  trace(1, 1),
  close(1, 2, 1),
  end(2),
];

/** Values that programs send by mistake. */
const odd = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    '',
    '\u0000',
    '\uD800',
    -1,
    1e308,
    2 ** 53,
    true,
    [],
    {},
    [[]],
    '__proto__',
    '2026-02-30T25:61:61Z',
    '0000-01-01T00:00:00.000Z',
    '9999-12-31T23:59:59.999Z',
    JSON.parse('{"__proto__": {"a": 1}, "constructor": 1}'),
  ),
  fc.jsonValue({ maxDepth: 3 }),
);

const damaged = fc
  .tuple(fc.nat(good.length - 1), fc.array(fc.tuple(fc.nat(20), odd), { maxLength: 3 }))
  .map(([index, changes]) => {
    const record: Record<string, unknown> = { ...good[index] };
    const fields = Object.keys(record);
    for (const [at, value] of changes) {
      const field = fields[at % fields.length] ?? 'kind';
      const inside = record[field];
      if (at % 3 === 0 && typeof inside === 'object' && inside !== null) {
        record[field] = { ...inside, [fields[at % 2] ?? 'x']: value, cost_usd: value };
      } else record[field] = value;
    }
    return record;
  });

test('whatever a client sends, each record is taken or refused and the figures stay right (E5)', async () => {
  const store = openStore(noonMs + 20_000);
  try {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(damaged, fc.jsonValue()), { maxLength: 12 }),
        async (records) => {
          const answer = await store.ingest(records as object[]);
          const answered = answer.accepted + answer.duplicates + answer.rejected.length;
          expect(answered).toBe(records.length);
          for (const { message } of answer.rejected) expect(message).not.toBe('');
        },
      ),
      { numRuns: 300 },
    );
    expect(store.verify().differences).toEqual([]);
  } finally {
    store.close();
  }
}, 60_000);
