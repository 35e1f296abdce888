import { limits } from '@niitaka/core/limits.ts';
import { describe, expect, test } from 'vitest';
import type { EventRecord, ParsedBatch, StartRecord } from '../commands/ingest/record.ts';
import { end, heartbeat, llm, metrics, numbered, senderId, start } from '../testing/records.ts';
import { parseBatch } from './parse-batch.ts';
import { compileRecordSchemas } from './record-schemas.ts';

const schemas = compileRecordSchemas();

function parse(body: unknown) {
  return parseBatch(Buffer.from(JSON.stringify(body)), schemas);
}

function read(records: readonly unknown[], around: object = {}): { readonly batch: ParsedBatch } {
  const parsed = parse({ ...around, records });
  if (!parsed.ok) throw new Error(parsed.refusal.detail);
  return { batch: parsed.value };
}

function refusal(record: unknown): { code: string; message: string } {
  const [refused] = read([record]).batch.refused;
  return { code: refused?.code ?? '', message: refused?.message ?? '' };
}

function first<T>(records: readonly unknown[]): T {
  return records[0] as T;
}

function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < depth; level += 1) value = { a: value };
  return value;
}

describe('a batch is refused whole', () => {
  test.each([
    ['what is not JSON', '{"records": [', 400, /^Cannot read the batch: it is not JSON in UTF-8: /],
    ['an empty body', '', 400, /^Cannot read the batch: it is not JSON/],
    ['a list', '[]', 422, /^Cannot read the batch: wanted an object with an array "records"$/],
    ['null', 'null', 422, /wanted an object/],
    ['a number', '1', 422, /wanted an object/],
    ['no records', '{}', 422, /wanted an object/],
    ['records that are no array', '{"records":{}}', 422, /wanted an object/],
  ])('for %s', (_, body, status, detail) => {
    const parsed = parseBatch(Buffer.from(body), schemas);
    const refused = { status, code: 'invalid', detail: expect.stringMatching(detail) };
    expect(parsed).toEqual({ ok: false, refusal: refused });
  });

  test('for bytes that are no UTF-8', () => {
    const parsed = parseBatch(Buffer.from([0x7b, 0xff, 0x7d]), schemas);
    expect(parsed).toMatchObject({ ok: false, refusal: { status: 400 } });
  });

  test(`for more than ${limits.batchRecords} records, naming limit and value (E7)`, () => {
    const records = Array.from({ length: limits.batchRecords + 1 }, () => heartbeat(1));
    expect(parse({ records })).toEqual({
      ok: false,
      refusal: {
        status: 413,
        code: 'too_large',
        detail: 'Cannot take the batch: it has 1001 records, at most 1000 are taken',
      },
    });
    expect(read(records.slice(1)).batch.records).toHaveLength(limits.batchRecords);
  });
});

describe('a bad record is refused by itself (E5)', () => {
  test.each<[string, unknown, string, RegExp]>([
    ['no object', 7, 'invalid', /wanted an object/],
    ['null', null, 'invalid', /wanted an object/],
    ['no kind', {}, 'unknown_kind', /^Unknown record kind null$/],
    ['an unknown kind', { kind: 'session.pause' }, 'unknown_kind', /"session.pause"$/],
    ['a kind of every object', { kind: 'constructor' }, 'unknown_kind', /"constructor"$/],
    [
      'a missing field',
      { ...llm(1, 1), event_id: undefined },
      'invalid',
      /^Cannot read this event record: event_id is missing$/,
    ],
    [
      'an id that is none',
      { ...start(1), session_id: 'x' },
      'invalid',
      /session_id must be a UUID: got "x"$/,
    ],
    [
      'a time without an offset',
      { ...start(1), started_at: '2026-01-01T00:00:00' },
      'invalid',
      /started_at must be an RFC 3339 time with an offset: got "2026-01-01T00:00:00"$/,
    ],
    [
      'a time that does not exist',
      { ...start(1), started_at: '2026-13-01T00:00:00Z' },
      'invalid',
      /started_at must be a time that exists: got "2026-13-01T00:00:00Z"$/,
    ],
    [
      'an unknown type',
      llm(1, 1, { type: 'thought' }),
      'invalid',
      /type must be one of llm, tool, decision, error, log: got "thought"$/,
    ],
    [
      'negative tokens',
      llm(1, 1, { data: { input_tokens: -1 } }),
      'invalid',
      /data.input_tokens must be a whole number from 0 to 1000000000: got -1$/,
    ],
    [
      'too many tokens',
      llm(1, 1, { data: { output_tokens: 1e9 + 1 } }),
      'invalid',
      /output_tokens .* got 1000000001$/,
    ],
    [
      'a broken token',
      llm(1, 1, { data: { input_tokens: 1.5 } }),
      'invalid',
      /input_tokens .* got 1.5$/,
    ],
    [
      'a cost below zero',
      llm(1, 1, { data: { cost_usd: -0.1 } }),
      'invalid',
      /data.cost_usd must be from 0 to 1000000: got -0.1$/,
    ],
    ['a cost beyond all', llm(1, 1, { data: { cost_usd: 1e308 } }), 'invalid', /cost_usd/],
    ['an agent named ..', start(1, { agent_id: '..' }), 'invalid', /agent_id must not be/],
    ['an agent with a tab', start(1, { agent_id: 'a\tb' }), 'invalid', /control characters/],
    ['depth', llm(1, 1, { data: nested(40) }), 'invalid', /nested more than 32 levels deep$/],
    [
      'width',
      llm(1, 1, { data: Object.fromEntries(Array.from({ length: 513 }, (_, n) => [`k${n}`, n])) }),
      'invalid',
      /has 513 keys: at most 512 are taken$/,
    ],
    [
      'size',
      llm(1, 1, { data: { parts: Array.from({ length: 20 }, () => 'x'.repeat(60_000)) } }),
      'too_large',
      /^Cannot take this record: it has 120\d{4} bytes, at most 1048576 are taken$/,
    ],
  ])('%s', (_, record, code, message) => {
    expect(refusal(record)).toEqual({ code, message: expect.stringMatching(message) });
  });

  test('names whose number it was, for the ledger (D1)', () => {
    const sdk = {
      name: 'niitaka',
      version: '1',
      language: 'python',
      instance_id: senderId(9).toUpperCase(),
    };
    const { batch } = read([llm(1, 1, { type: 'x', seq: 4 }), llm(1, 2, { seq: 0 }), 7], { sdk });
    expect(batch.refused).toMatchObject([
      { index: 0, sessionId: llm(1, 1).session_id, sender: senderId(9), seq: 4, retryable: false },
      { index: 1, seq: null },
      { index: 2, sessionId: null, seq: null },
    ]);
  });

  test('survives a body of 10,000 levels', () => {
    const deep = `{"records":[{"kind":"event","data":${'['.repeat(10_000)}${']'.repeat(10_000)}}]}`;
    const parsed = parseBatch(Buffer.from(deep), schemas);
    expect(parsed).toMatchObject({ ok: true, value: { records: [] } });
  });
});

describe('what is read', () => {
  test('the sender is sdk.instance_id where a record names none', () => {
    const sdk = { name: 'n', version: '1', language: 'js', instance_id: senderId(9) };
    const { batch } = read([llm(1, 1, { seq: 1 }), llm(1, 2, numbered(2, 1))], { sdk });
    expect(batch.records).toMatchObject([{ sender: senderId(9) }, { sender: senderId(2) }]);
  });

  test('what a sender lost before any session (wire)', () => {
    const sdk = {
      name: 'n',
      version: '1',
      language: 'js',
      instance_id: senderId(9),
      dropped: { disk_full: 3 },
    };
    expect(read([], { sdk }).batch.lost).toEqual({
      sender: senderId(9),
      counts: { disk_full: 3 },
    });
    expect(read([]).batch.lost).toBeNull();
  });

  test('bad fields around the records are left out with a warning', () => {
    const { batch } = read([llm(1, 1, { seq: 1 })], {
      sdk: { name: 7 },
      sent_at: 'yesterday',
      policy_revisions: [],
      extra: 1,
    });
    expect(batch.sentAtMs).toBeNull();
    expect(batch.records).toMatchObject([{ sender: null }]);
    expect(batch.warnings).toEqual([
      'unknown field "extra" is left out',
      'sdk is left out: sdk.version is missing',
      'policy_revisions is left out: policy_revisions must be object: got []',
      'sent_at is left out: sent_at must be an RFC 3339 time with an offset: got "yesterday"',
    ]);
  });

  test('unknown fields beside data are named, those in data are kept', () => {
    const { batch } = read([llm(1, 1, { colour: 'red', data: { own: { x: 1 } } })]);
    expect(batch.warnings).toEqual(['records[0]: unknown field "colour" is left out']);
    expect(first<EventRecord>(batch.records).dataText).toBe('{"own":{"x":1}}');
  });

  test('ids in lower case', () => {
    const { batch } = read([llm(1, 1, { event_id: 'ABCDEFAB-0000-7000-8000-000000000001' })]);
    expect(batch.records).toMatchObject([{ eventId: 'abcdefab-0000-7000-8000-000000000001' }]);
  });

  test('long texts are cut at 64 KiB between characters, and marked (E7)', () => {
    const output = `${'x'.repeat(65_535)}ü and more`;
    const { batch } = read([llm(1, 1, { data: { output, list: [{ a: 'y'.repeat(70_000) }] } })]);
    const event = first<EventRecord>(batch.records);
    expect(event.truncated).toEqual([
      { path: 'data.output', bytes: Buffer.byteLength(output) },
      { path: 'data.list[0].a', bytes: 70_000 },
    ]);
    expect(JSON.parse(event.dataText)).toEqual({
      output: 'x'.repeat(65_535),
      list: [{ a: 'y'.repeat(65_536) }],
    });
  });

  test('cuts that the sender made stand beside ours (E7)', () => {
    const truncated = [{ path: 'data.input', bytes: 99_999 }];
    const { batch } = read([llm(1, 1, { truncated, data: { output: 'x'.repeat(65_537) } })]);
    expect(first<EventRecord>(batch.records).truncated).toEqual([
      ...truncated,
      { path: 'data.output', bytes: 65_537 },
    ]);
  });

  test('goals, names and tag values are cut and marked, never refused (E7)', () => {
    const { batch } = read([
      start(1, {
        goal: '😀'.repeat(2_001),
        agent_id: 'a'.repeat(200),
        user_id: 'u'.repeat(201),
        tags: { long: 'v'.repeat(201), short: 'v' },
      }),
    ]);
    const session = first<StartRecord>(batch.records);
    expect(session.goal).toBe('😀'.repeat(2_000));
    expect(session.agentId).toBe('a'.repeat(128));
    expect(session.userId).toBe('u'.repeat(200));
    expect(session.tags).toEqual({ long: 'v'.repeat(200), short: 'v' });
    expect(session.truncated.map((cut) => cut.path)).toEqual([
      'agent_id',
      'goal',
      'user_id',
      'tags.long',
    ]);
  });

  test('NUL and lone surrogates become U+FFFD in goals and names, and stay in JSON', () => {
    const text = 'a\u0000b\uD800';
    const { batch } = read([
      start(1, { goal: text, user_id: text, metadata: { text } }),
      llm(1, 1, { name: text, data: { text } }),
    ]);
    const session = first<StartRecord>(batch.records);
    expect([session.goal, session.userId]).toEqual(['a\uFFFDb\uFFFD', 'a\uFFFDb\uFFFD']);
    expect(session.metadata).toBe('{"text":"a\\u0000b\\ud800"}');
    expect(batch.records[1]).toMatchObject({
      name: 'a\uFFFDb\uFFFD',
      dataText: '{"text":"a\\u0000b\\ud800"}',
    });
  });

  test('tags that cannot be kept are left out and named (S1)', () => {
    const many = Object.fromEntries(Array.from({ length: 22 }, (_, n) => [`k${n}`, 'v']));
    const { batch } = read([start(1, { tags: { 'a b': 'v', ...many } })]);
    expect(Object.keys(first<StartRecord>(batch.records).tags)).toHaveLength(20);
    expect(batch.warnings).toHaveLength(3);
    expect(batch.warnings[0]).toContain('tag "a b" is left out');
  });

  test('a tag may have any name, also one that every object inherits (S1)', () => {
    const tags = JSON.parse('{"__proto__":"p","constructor":"c"}') as object;
    const { batch } = read([start(1, { tags })]);
    expect(Object.entries(first<StartRecord>(batch.records).tags)).toEqual([
      ['__proto__', 'p'],
      ['constructor', 'c'],
    ]);
  });

  test.each(['a\u0000b', 'a\nb', 'a\u007fb', 'a\u0085b'])(
    'the agent id %j holds a control character (A1)',
    (agentId) => {
      expect(refusal(start(1, { agent_id: agentId })).code).toBe('invalid');
    },
  );

  test.each([
    '2026-02-30T00:00:00.000Z',
    '2026-02-30T24:00:00.000Z',
    '2026-04-31T00:00:00Z',
    '2026-02-29T12:00:00+02:00',
  ])('the time %s does not exist', (startedAt) => {
    expect(refusal(start(1, { started_at: startedAt })).message).toBe(
      `Cannot read this session.start record: started_at must be a time that exists: got "${startedAt}"`,
    );
  });

  test('metrics are read as they are: their values are judged with the session (S7)', () => {
    const { batch } = read([metrics(1, { score: 'x', a: null }), end(1)]);
    expect(batch.records[0]).toMatchObject({ metrics: { score: 'x', a: null } });
    expect(batch.records[1]).toMatchObject({ lastSeq: null, dropped: {}, omitted: {} });
  });
});
