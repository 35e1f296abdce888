import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import * as niitaka from '../index.ts';
import type { EventOptions, EventType } from './session-options.ts';

interface Case {
  readonly call: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly message: string;
}

const session = '22222222-2222-4222-8222-222222222222';
const file = new URL('../../../vectors/arguments.json', import.meta.url);
const { cases } = JSON.parse(readFileSync(file, 'utf8')) as { readonly cases: readonly Case[] };

const spell = (name: string) =>
  name.replaceAll(/_([a-z])/g, (_match, letter: string) => letter.toUpperCase());

/** The value of a case; what JSON has no word for is named in it. */
function valueOf(value: unknown): unknown {
  const isNamed = typeof value === 'object' && value !== null && 'number' in value;
  if (isNamed) return Number(value.number);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, valueOf(item)]));
}

/** Calls what a case names, with its arguments as this language spells them. */
async function call({ call: name, args }: Case): Promise<void> {
  const given = Object.fromEntries(
    Object.entries(args).map(([key, value]) => [spell(key), valueOf(value)]),
  ) as Record<string, never>;
  const calls: Readonly<Record<string, () => unknown>> = {
    configure: () => niitaka.configure(given),
    start_session: () => niitaka.startSession(given),
    attach_session: () => niitaka.attachSession(given['sessionId'] as unknown as string),
    event: () =>
      niitaka.startSession({}, (it) =>
        it.event(given['type'] as unknown as EventType, given as EventOptions),
      ),
    tool: () => niitaka.tool(given['name'] as unknown as string, () => 1),
    report_metrics: () =>
      niitaka.reportMetrics(
        given['sessionId'] ?? session,
        given['metrics'] as unknown as niitaka.Metrics,
      ),
    flush: () => niitaka.flush(given['seconds']),
    shutdown: () => niitaka.shutdown(given['seconds']),
  };
  await calls[name]?.();
}

const wanted = (message: string) =>
  message
    .replace('{moment}', 'a Date or milliseconds since 1970')
    .replaceAll(/\{(\w+)\}/g, (_match, name: string) => spell(name));

let captured: niitaka.testing.Capture;

beforeEach(() => {
  captured = niitaka.testing.capture();
});

afterEach(() => captured.stop());

describe('a bad argument', () => {
  test.each(cases.map((it) => [it.call, JSON.stringify(it.args), it] as const))(
    'of %s(%s) is told at the call',
    async (_call, _args, it) => {
      const failure: unknown = await call(it).then(
        () => null,
        (error: unknown) => error,
      );
      expect(failure).toBeInstanceOf(TypeError);
      expect((failure as TypeError).message).toBe(wanted(it.message));
    },
  );

  test('leaves no half-started session behind', async () => {
    await expect(niitaka.startSession({ goal: 5 as unknown as string })).rejects.toThrow('goal');
    expect(captured.records).toEqual([]);
    expect(niitaka.currentSession()).toBeNull();
  });
});

describe('what an argument may be', () => {
  test('null is the same as left out', async () => {
    const nothing = null as unknown as undefined;
    await niitaka.startSession({ goal: nothing, tags: nothing, metadata: nothing }, (it) =>
      it.event('log', { name: nothing, level: nothing, startedAt: nothing, endedAt: nothing }),
    );
    const [start, event] = captured.records;
    expect(Object.keys(start ?? {})).toEqual(
      expect.not.arrayContaining(['goal', 'tags', 'metadata']),
    );
    expect(event).not.toHaveProperty('name');
    expect(event).not.toHaveProperty('level');
  });

  test('tags hold text, numbers and truths, told as text', async () => {
    const tags = { a: 'x', b: 7, c: true, d: undefined } as unknown as Record<string, string>;
    await niitaka.startSession({ tags }, () => {});
    expect(captured.records[0]).toMatchObject({ tags: { a: 'x', b: '7', c: 'true' } });
  });

  test.each([
    ['log', 'cache miss', { message: 'cache miss' }],
    ['tool', 'cache miss', { value: 'cache miss' }],
    ['llm', [1, 2], { value: [1, 2] }],
    ['log', null, {}],
    ['log', new Map([['a', 1]]), { a: 1 }],
  ] as const)('data of %s that is %j is not lost', async (type, data, told) => {
    await niitaka.startSession({}, (it) =>
      it.event(type, { data: data as unknown as Record<string, unknown> }),
    );
    expect(captured.events()[0]).toMatchObject({ data: told });
  });
});
