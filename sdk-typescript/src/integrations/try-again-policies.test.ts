import OpenAI from 'openai';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { AgentExecutionStoppedError, testing, type Session } from '../index.ts';
import type { Script } from '../testing/compare-observed.ts';
import { create, failing, failure, modelsOf, thrown, under } from '../testing/failing-provider.ts';
import { fallback, order, retry, signalsOf, tracesOf } from '../testing/guarded-calls.ts';
import { completion } from '../testing/openai-frames.ts';

vi.setConfig({ testTimeout: 30_000 });

let captured: testing.Capture;
beforeEach(() => {
  captured = testing.capture();
});
afterEach(() => captured.stop());

describe('policies about failing calls', () => {
  test('wait no longer than they say, whatever the provider asks for (P4)', async () => {
    const script: Script = (_, count) =>
      count === 1 ? failure(429, 'no', { 'retry-after': '3600' }) : { body: completion };
    const { provider } = await under([retry({ max_seconds: 0.05 })], script, create);
    expect(provider.requests.length).toBe(2);
  });

  test('wait for a random part of a delay that grows (P4)', async () => {
    const draw = vi.spyOn(Math, 'random').mockReturnValue(0.5);
    const startedTick = performance.now();
    await under([retry({ base_seconds: 0.2, backoff: 'exponential' })], failing(2), create);
    draw.mockRestore();
    expect(performance.now() - startedTick).toBeGreaterThanOrEqual(300);
  });

  test('count retries for each call by itself, and steps but once (P4, E3)', async () => {
    const script: Script = (_, count) => (count % 2 ? failure(500) : { body: completion });
    const limit = { id: 'steps', type: 'step_limit', condition: { steps_exceeded: 3 } };
    await under(
      [retry({ max_retries: 1 }), { ...limit, action: { type: 'abort' } }],
      script,
      async (client) => {
        for (let call = 0; call < 3; call += 1) await create(client);
        await expect(create(client)).rejects.toThrow('steps 3 ≥ 3');
      },
    );
    expect(captured.events('llm').length).toBe(3);
  });

  test('leave kinds of errors alone that they are not for (P1)', async () => {
    const policies = [
      retry({}, { condition: { on_errors: ['rate_limit'] } }),
      fallback('gpt-5-mini', { condition: { on_errors: ['overloaded'] } }),
    ];
    const { provider, value } = await under(policies, failing(1), (it) => thrown(create(it)));
    expect(value).toBeInstanceOf(OpenAI.InternalServerError);
    expect([provider.requests.length, tracesOf(captured)]).toEqual([1, []]);
  });

  test('in shadow are recorded, and do nothing (P1)', async () => {
    const shadow = { mode: 'shadow' };
    const policies = [retry({}, shadow), fallback('gpt-5-mini', shadow)];
    const { provider } = await under(policies, failing(1), (it) => thrown(create(it)));
    expect(provider.requests.length).toBe(1);
    expect(tracesOf(captured)).toEqual([
      ['again', 'retry', false],
      ['to gpt-5-mini', 'fallback', false],
    ]);
    expect(signalsOf(captured)).toEqual([]);
  });

  test('warn once beside the retries (P2, P3)', async () => {
    const warn = { id: 'warn', type: 'step_limit', condition: { steps_exceeded: 0 } };
    await under([retry(), { ...warn, action: { type: 'warn' } }], failing(2), create);
    expect(tracesOf(captured)).toEqual([
      ['warn', 'warn', true],
      ['again', 'retry', true],
      ['again', 'retry', true],
    ]);
    expect(signalsOf(captured).filter(([subtype]) => subtype === 'step_limit').length).toBe(1);
  });

  test('stop the session rather than repeat a call: abort beats retry (P3)', async () => {
    const limit = { id: 'cost', type: 'cost_limit', condition: { cost_exceeded: 0.5 } };
    const seen: Session[] = [];
    const policies = [retry(), { ...limit, action: { type: 'abort' } }];
    const script: Script = () => {
      seen[0]?.event('llm', { data: { cost_usd: 1 } });
      return failure(500);
    };
    const { provider, value } = await under(policies, script, (client, session) => {
      seen.push(session);
      return thrown(create(client));
    });
    expect(value).toBeInstanceOf(AgentExecutionStoppedError);
    expect((value as Error).message).toContain('cost $1 > $0.5');
    expect([provider.requests.length, tracesOf(captured)]).toEqual([1, [['cost', 'abort', true]]]);
  });
});

describe('operators', () => {
  const untilFailed = () => vi.waitUntil(() => captured.events('error').length === 1);

  test.each([
    ['abort', { reason: 'enough' }, 'An operator stopped this session: enough'],
    ['limit', { steps: 0 }, 'An operator limited this session'],
  ])('are asked between attempts: %s (G3)', async (command, args, text) => {
    const { provider, value } = await under(
      [retry({ base_seconds: 0.3, backoff: 'constant' })],
      () => failure(429, 'no', { 'retry-after': '0.3' }),
      async (client, session) => {
        const call = thrown(create(client));
        await untilFailed();
        order(session, command, args);
        return call;
      },
    );
    expect(value).toBeInstanceOf(AgentExecutionStoppedError);
    expect((value as Error).message).toContain(text);
    expect([provider.requests.length, captured.events().length]).toEqual([1, 1]);
  });

  test('cut the wait short when they abort (G3)', async () => {
    const startedTick = performance.now();
    await under(
      [retry()],
      () => failure(429, 'no', { 'retry-after': '60' }),
      async (client, session) => {
        const call = thrown(create(client));
        await untilFailed();
        order(session, 'abort');
        await call;
      },
    );
    expect(performance.now() - startedTick).toBeLessThan(20_000);
  });

  test('hold the next attempt while they pause (G3)', async () => {
    const seen: Session[] = [];
    const script: Script = (request, count) => {
      if (count === 1) order(seen[0] as Session, 'pause', { max_seconds: 60 });
      return failing(1)(request, count);
    };
    const { provider } = await under([retry()], script, async (client, session) => {
      seen.push(session);
      const call = create(client);
      await untilFailed();
      await sleep(200);
      expect(captured.events().length).toBe(1);
      order(session, 'resume');
      await call;
    });
    expect(provider.requests.length).toBe(2);
  });

  test('have the last word on the model: of theirs and a fallback the later holds (G3, P4)', async () => {
    const { provider } = await under([fallback('mini')], failing(1), async (client, session) => {
      order(session, 'model', { model: 'theirs' });
      await create(client);
      order(session, 'model', { model: 'last' });
      await create(client);
    });
    expect(modelsOf(provider)).toEqual(['theirs', 'mini', 'last']);
  });
});
