import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { attachSession, startSession, testing, tool, type Session } from '../index.ts';

/** Every question to it fails. */
const shy = () => {
  const fail = () => {
    throw new Error('no');
  };
  return new Proxy({}, { get: fail, ownKeys: fail, getPrototypeOf: fail, has: fail });
};

const revoked = () => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
};

const cyclic = () => {
  const value: Record<string, unknown> = {};
  value['self'] = value;
  return value;
};

const knot = () => {
  const value: unknown[] = ['x'];
  value.unshift(value, value);
  return value;
};

const bottomless = () => {
  let value: Record<string, unknown> = {};
  for (let level = 0; level < 20_000; level += 1) value = { d: value };
  return value;
};

const guarded = () =>
  Object.defineProperty([1, 2], 0, {
    get: () => {
      throw new Error('no');
    },
  });

class Weird {
  toString(): string {
    throw new Error('no');
  }
  toJSON(): string {
    throw new Error('no');
  }
}

let captured: testing.Capture;

beforeEach(() => {
  captured = testing.capture({ captureContent: true });
});

afterEach(() => captured.stop());

/** Hands a value over by every way there is. */
function handOver(session: Session, value: unknown): void {
  session.event('log', { data: { v: value } });
  session.event('log', { data: value as Record<string, unknown> });
  session.decision(value as string, { options: [value], data: value as Record<string, unknown> });
  session.setMetrics({ v: value as number });
  session.error(new Error('told', { cause: value }));
  session.error(value);
  tool('wrapped', (given: unknown) => given)(value);
  session.tool('called', () => value);
}

/** What an event says; nothing where there is none. */
const dataOf = (event: testing.CapturedRecord | undefined) =>
  (event?.['data'] ?? {}) as Readonly<Record<string, unknown>>;

const told = () => dataOf(captured.events('log')[0])['v'];

const cases: readonly (readonly [name: string, make: () => unknown, wanted: unknown])[] = [
  ['a proxy that fails', shy, '[unreadable]'],
  ['a revoked proxy', revoked, '[unreadable]'],
  ['a cycle', cyclic, { self: '[circular]' }],
  ['a knot', knot, ['[circular]', '[circular]', 'x']],
  ['an element that fails', guarded, ['[unreadable]', 2]],
  ['an object whose methods fail', () => new Weird(), '[unreadable]'],
  ['a bigint', () => 10n ** 30n, '1000000000000000000000000000000'],
  ['a symbol', () => Symbol('s'), '[symbol]'],
  ['symbol keys', () => ({ [Symbol('s')]: 1, b: Symbol('t') }), { b: '[symbol]' }],
  ['a date', () => new Date(0), '1970-01-01T00:00:00.000Z'],
  ['a date that is none', () => new Date(Number.NaN), null],
  [
    'a map',
    () =>
      new Map<unknown, unknown>([
        ['k', new Map()],
        [1, 2],
      ]),
    { k: {}, 1: 2 },
  ],
  ['a set', () => new Set([1, 'a']), [1, 'a']],
  ['bytes', () => new Uint8Array(10), '[10 bytes]'],
  ['a buffer', () => new ArrayBuffer(8), '[8 bytes]'],
  ['a pattern', () => /x+/u, '/x+/u'],
  ['a function', () => () => 1, '[function]'],
  ['an address', () => new URL('http://a/b'), 'http://a/b'],
  ['a value without prototype', () => Object.create(null) as unknown, {}],
  ['not a number', () => Number.NaN, 'NaN'],
  ['infinity', () => Number.NEGATIVE_INFINITY, '-Infinity'],
  [
    'a key named __proto__',
    () => JSON.parse('{"__proto__":{"a":1}}') as unknown,
    JSON.parse('{"__proto__":{"a":1}}'),
  ],
  ['NUL', () => 'a\0b', 'a\0b'],
];

describe('what a host may hand over', () => {
  test.each(cases)('%s breaks neither the host nor a record', async (_name, make, wanted) => {
    const answer = await startSession({ metadata: { v: make() } }, (session) => {
      handOver(session, make());
      return 'done';
    });
    expect(answer).toBe('done');
    expect(told()).toEqual(wanted);
    const end = captured.records.at(-1);
    const numbered = captured.records.filter(({ seq }) => seq !== undefined);
    expect(end).toMatchObject({ kind: 'session.end', last_seq: numbered.length });
  });

  test('twenty thousand levels are cut', async () => {
    await startSession({}, (session) => handOver(session, bottomless()));
    expect(JSON.stringify(told())).toContain('[left out: too deep]');
  });

  test.each([
    ['a list', () => Array.from({ length: 1_000_000 }, () => 'ab')],
    ['a sparse list', () => Object.assign([], { 1_000_000: 1 })],
    ['a list of objects', () => Array.from({ length: 200_000 }, (_, at) => ({ at }))],
  ])('%s without end is left out from where it is too long, and told', async (_name, make) => {
    await startSession({}, (session) =>
      session.event('log', { data: { v: make(), text: 'kept' } }),
    );
    const [event] = captured.events();
    expect((told() as unknown[]).at(-1)).toBe('[left out: too many values]');
    expect(event?.['truncated']).toMatchObject([{ path: 'data.v' }]);
    expect(JSON.stringify(event).length).toBeLessThan(1024 * 1024);
  });

  test('a record over 1 MiB keeps its short members, and says what it had (E7)', async () => {
    const texts = Object.fromEntries(
      Array.from({ length: 40 }, (_, at) => [`text${at}`, 'x'.repeat(60_000)]),
    );
    const data = { ...texts, model: 'm', input_tokens: 5, isFast: true };
    await startSession({ metadata: texts }, (session) => session.event('llm', { data }));
    const [start, event] = captured.records;
    expect(start).toMatchObject({ kind: 'session.start', metadata: {} });
    expect(event?.['data']).toEqual({ model: 'm', input_tokens: 5, isFast: true });
    const bytes = JSON.stringify(data).length;
    expect(event?.['truncated']).toEqual([{ path: 'data', bytes }]);
  });
});

describe('what a host may throw', () => {
  test.each([
    ['undefined', undefined, 'undefined'],
    ['null', null, 'null'],
    ['a number', 5, '5'],
    ['a symbol', Symbol('s'), 'Symbol(s)'],
    ['an object without prototype', Object.create(null) as unknown, '[unreadable]'],
    ['a proxy that fails', shy(), '[unreadable]'],
    ['a revoked proxy', revoked(), '[unreadable]'],
    ['a frozen error', Object.freeze(new RangeError('far')), 'far'],
  ])(
    '%s reaches its caller as it is, and is one error event (E1)',
    async (_name, thrown, message) => {
      const fail = () => {
        throw thrown;
      };
      const caught = await startSession({}, (session) => session.tool('t', fail)).then(
        () => 'nothing',
        (error: unknown) => ({ same: Object.is(error, thrown) }),
      );
      expect(caught).toEqual({ same: true });
      const errors = captured.events('error');
      const isObject = typeof thrown === 'object' && thrown !== null;
      // A value without identity cannot be recognised on its way out.
      expect(errors.length).toBe(isObject ? 1 : 2);
      expect(dataOf(errors[0])['message']).toBe(message);
    },
  );
});

describe('an argument that cannot be read', () => {
  test.each([
    ['a proxy that fails', shy],
    ['a revoked proxy', revoked],
  ])('%s is told in our words', async (_name, make) => {
    const odd = make() as unknown as string;
    await expect(startSession({ goal: odd })).rejects.toThrow('goal must be text: got');
    await expect(startSession({ sessionId: odd })).rejects.toThrow('sessionId must be a UUID: got');
    await expect(attachSession(odd)).rejects.toThrow('sessionId must be a UUID: got');
    const tags = make() as Record<string, string>;
    await startSession({ tags, metadata: make() as Record<string, unknown> }, () => {});
    expect(captured.records[0]).toMatchObject({ kind: 'session.start', tags: {} });
  });
});
