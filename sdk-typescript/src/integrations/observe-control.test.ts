import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { currentScope } from '../context/scope.ts';
import { AgentExecutionStoppedError, observe, startSession, testing } from '../index.ts';
import { message } from '../testing/anthropic-frames.ts';
import { startProvider } from '../testing/loopback-provider.ts';
import { clientOfProvider } from '../testing/openai-client.ts';
import { chatRequest as request, completion } from '../testing/openai-frames.ts';

let captured: testing.Capture;

beforeEach(() => {
  captured = testing.capture();
});

afterEach(() => {
  captured.stop();
});

/** Tells the current session what an operator asks of it. */
function order(command: string, args: Record<string, unknown> = {}): void {
  const scope = currentScope();
  const { sessionId, control } = scope?.recorder ?? {};
  const command_id = crypto.randomUUID();
  control?.take({ session_id: String(sessionId), command_id, command, args } as never);
}

const acks = () =>
  captured.records
    .filter(({ kind }) => kind === 'command.ack')
    .map(({ state, reason }) => (reason === undefined ? state : [state, reason]));

describe('control of a call', () => {
  test('a stopped session sends nothing, and throws before the call (P6)', async () => {
    const { client, provider } = await clientOfProvider();
    const observed = observe(client);
    const run = startSession({}, async () => {
      await observed.chat.completions.create(request);
      order('abort', { reason: 'it loops' });
      const helper = observed.chat.completions.stream(request);
      await expect(helper.finalContent()).rejects.toThrow('it loops');
      return observed.chat.completions.create(request);
    });
    await expect(run).rejects.toThrow(AgentExecutionStoppedError);
    expect(provider.requests.length).toBe(1);
    expect(captured.events('llm').length).toBe(1);
  });

  test('a stop that a helper of the library wraps is no error either (E1)', async () => {
    const provider = await startProvider(() => 'hang');
    const openai = observe(new OpenAI({ apiKey: 'sk', baseURL: provider.url }));
    const anthropic = observe(new Anthropic({ apiKey: 'sk', baseURL: provider.url }));
    const runs = [
      () => openai.chat.completions.stream(request).finalContent(),
      () => anthropic.messages.stream({ ...request, max_tokens: 9 }).finalText(),
    ];
    for (const work of runs) {
      const run = startSession({}, () => {
        order('abort', { reason: 'it loops' });
        return work();
      });
      await expect(run).rejects.toThrow('it loops');
    }
    expect(captured.events()).toEqual([]);
    expect(provider.requests).toEqual([]);
  });

  test('at most n calls begin under a limit of n, in parallel too (E3)', async () => {
    const { client, provider } = await clientOfProvider();
    const observed = observe(client);
    await startSession({}, async () => {
      order('limit', { steps: 3 });
      const calls = Array.from({ length: 6 }, () => observed.chat.completions.create(request));
      const settled = await Promise.allSettled(calls);
      expect(settled.filter(({ status }) => status === 'fulfilled').length).toBe(3);
    });
    expect(provider.requests.length).toBe(3);
  });

  test('a call that failed is no step (E3)', async () => {
    const provider = await startProvider((_, count) =>
      count === 1 ? { status: 400, body: {} } : { body: completion },
    );
    const observed = observe(new OpenAI({ apiKey: 'sk', baseURL: provider.url }));
    await startSession({}, async () => {
      order('limit', { steps: 1 });
      await expect(observed.chat.completions.create(request)).rejects.toThrow('400');
      await observed.chat.completions.create(request);
      await expect(observed.chat.completions.create(request)).rejects.toThrow('limit 1');
    });
  });

  test('a paused session holds the call, which is not timed meanwhile (G3)', async () => {
    const { client, provider } = await clientOfProvider();
    const observed = observe(client);
    await startSession({}, async () => {
      order('pause', { max_seconds: 60 });
      const call = observed.chat.completions.create(request);
      await sleep(1_000);
      expect(provider.requests.length).toBe(0);
      order('resume');
      expect(await call).toEqual(completion);
    });
    expect(captured.events()[0]?.['latency_ms']).toBeLessThan(990);
  });

  test('another model is taken by the next call and all that follow (G3)', async () => {
    const { client, provider } = await clientOfProvider();
    const observed = observe(client);
    const asked = structuredClone(request);
    await startSession({}, async () => {
      await observed.chat.completions.create(asked);
      order('model', { model: 'gpt-5-mini' });
      expect(acks()).toEqual(['delivered']);
      await observed.chat.completions.create(asked);
      await observed.chat.completions.create(asked);
      await observed.embeddings.create({ model: 'text-embedding-3-small', input: 'x' });
    });
    expect(acks()).toEqual(['delivered', 'obeyed']);
    expect(asked).toEqual(request);
    expect(provider.requests.map(({ body }) => body['model'])).toEqual([
      'gpt-5',
      'gpt-5-mini',
      'gpt-5-mini',
      'text-embedding-3-small',
    ]);
    expect(captured.events('llm').map(({ name }) => name)[1]).toBe('gpt-5-mini');
  });

  test('another model goes to the library that has it', async () => {
    const provider = await startProvider(({ path }) => ({
      body: path.includes('messages') ? message : completion,
    }));
    const openai = observe(new OpenAI({ apiKey: 'sk', baseURL: provider.url }));
    const anthropic = observe(new Anthropic({ apiKey: 'sk', baseURL: provider.url }));
    const ask = { ...request, model: 'claude-opus-9', max_tokens: 10 };
    await startSession({}, async () => {
      order('model', { model: 'claude-haiku-9' });
      await openai.chat.completions.create(request);
      await anthropic.messages.create(ask);
    });
    expect(provider.requests.map(({ body }) => body['model'])).toEqual(['gpt-5', 'claude-haiku-9']);
  });

  test('another model that no call took is told as refused (G3)', async () => {
    const { client } = await clientOfProvider();
    observe(client);
    await startSession({}, () => {
      order('model', { model: 'one' });
      order('model', { model: 'two' });
    });
    expect(acks()).toEqual([
      'delivered',
      'delivered',
      ['refused', 'another model came before its next call of one'],
      ['refused', 'the session ended before its next step'],
    ]);
  });
});
