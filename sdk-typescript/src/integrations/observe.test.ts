import OpenAI, { APIPromise, AzureOpenAI } from 'openai';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { observe, startSession, testing, tool } from '../index.ts';
import { dataOf } from '../testing/compare-observed.ts';
import { startProvider } from '../testing/loopback-provider.ts';
import { clientOfProvider } from '../testing/openai-client.ts';
import { chatFrames, chatRequest as request, completion } from '../testing/openai-frames.ts';

let captured: testing.Capture;

beforeEach(() => {
  captured = testing.capture();
});

afterEach(() => {
  captured.stop();
});

describe('observe()', () => {
  test('gives a client that is the given one to whoever looks', async () => {
    const { client } = await clientOfProvider();
    const observed = observe(client);
    expect(observed).toBeInstanceOf(OpenAI);
    expect(observed.constructor).toBe(OpenAI);
    expect(Object.keys(observed)).toEqual(Object.keys(client));
    expect([observed.apiKey, observed.baseURL, observed.models]).toEqual([
      'sk',
      client.baseURL,
      client.models,
    ]);
    expect(observed.chat.completions).toBeInstanceOf(OpenAI.Chat.Completions);
    expect(observed.chat.completions).toBe(observed.chat.completions);
    expect(observed.post).toBe(observed.post);
    const call = startSession({}, () => {
      const promise = observed.chat.completions.create(request);
      expect(promise).toBeInstanceOf(APIPromise);
      return promise;
    });
    expect(await call).toEqual(completion);
  });

  test('is the same for the same client, and for one that is observed', async () => {
    const { client } = await clientOfProvider();
    const observed = observe(client);
    expect([observe(client), observe(observed)]).toEqual([observed, observed]);
    await startSession({}, () => observe(observed).chat.completions.create(request));
    expect(captured.events().length).toBe(1);
  });

  test('leaves the given client as it was', async () => {
    const { client } = await clientOfProvider();
    observe(client);
    await startSession({}, () => client.chat.completions.create(request));
    expect(captured.events()).toEqual([]);
  });

  test('leaves private fields and setters within reach', async () => {
    class Own extends OpenAI {
      #count = 0;
      count(): number {
        this.#count += 1;
        return this.#count;
      }
      get twice(): number {
        return this.#count * 2;
      }
      set start(value: number) {
        this.#count = value;
      }
    }
    const own = observe(new Own({ apiKey: 'sk' }));
    own.start = 4;
    own.apiKey = 'sk-other';
    expect([own.count(), own.twice, own.apiKey]).toEqual([5, 10, 'sk-other']);
  });

  test('observes what withOptions() makes of it, and posts by hand', async () => {
    const { client, provider } = await clientOfProvider();
    const observed = observe(client).withOptions({ maxRetries: 1 });
    expect(observed.maxRetries).toBe(1);
    await startSession({}, async () => {
      await observed.chat.completions.create(request);
      expect(await observed.post('/chat/completions', { body: request })).toEqual(completion);
    });
    expect(provider.requests.length).toBe(2);
    expect(captured.events('llm').length).toBe(2);
  });

  test('a frozen client works as it is', async () => {
    const { client } = await clientOfProvider();
    const frozen = observe(Object.freeze(client));
    expect(await startSession({}, () => frozen.chat.completions.create(request))).toEqual(
      completion,
    );
  });

  test.each([
    ['https://my.openai.azure.com/openai', 'azure'],
    ['https://api.x.ai/v1', 'x-ai'],
    ['https://api.groq.com/openai/v1', 'groq'],
    ['https://api.deepseek.com', 'deepseek'],
    ['https://notgroq.com.example.com', 'openai'],
  ])('knows who answers at %s: %s', async (address, name) => {
    const { provider } = await clientOfProvider();
    const passOn = (_: unknown, init?: RequestInit) => fetch(`${provider.url}/v1`, init);
    const client = observe(new OpenAI({ apiKey: 'sk', baseURL: address, fetch: passOn }));
    await startSession({}, () => client.chat.completions.create(request));
    expect(dataOf(captured.events()[0])['provider']).toBe(name);
  });

  test('counts for xAI the reasoning that it counts beside the completion (C2)', async () => {
    const { provider } = await clientOfProvider();
    const passOn = (_: unknown, init?: RequestInit) => fetch(`${provider.url}/v1`, init);
    const baseURL = 'https://api.x.ai/v1';
    const client = observe(new OpenAI({ apiKey: 'sk', baseURL, fetch: passOn }));
    await startSession({}, () => client.chat.completions.create(request));
    expect(dataOf(captured.events()[0])['output_tokens']).toBe(550);
  });

  test('takes clients of Azure too', async () => {
    const { provider } = await clientOfProvider();
    const azure = new AzureOpenAI({
      apiKey: 'k',
      apiVersion: '2024-10-21',
      baseURL: `${provider.url}/openai`,
    });
    await startSession({}, () => observe(azure).chat.completions.create(request));
    expect(provider.requests[0]?.path).toContain('/deployments/gpt-5/chat/completions');
    expect(captured.events('llm').length).toBe(1);
  });

  test('returns a client that it does not know, and says so once', () => {
    class Strange {
      readonly name = 'strange';
    }
    const strange = new Strange();
    expect(observe(strange)).toBe(strange);
    observe(new Strange());
    expect(captured.warnings).toEqual([
      'observe() knows no client Strange: its calls are not recorded. It knows openai, @anthropic-ai/sdk.',
    ]);
  });

  test('names the version of a library that it does not know', () => {
    const old = { getUserAgent: () => 'OpenAI/JS 3.1.0', post: () => null };
    expect(observe(old)).toBe(old);
    expect(captured.warnings[0]).toContain('knows no client OpenAI/JS 3.1.0');
  });

  test.each([
    ['an answer', false, { input_tokens: 1200, output_tokens: 300 }],
    ['a stream', true, { input_tokens: 1200, finish_reason: 'stop' }],
  ])('reads %s of a library that brings a Response of its own', async (_name, isStream, wanted) => {
    const text = isStream ? chatFrames(['Hi'], true).join('') : JSON.stringify(completion);
    class OwnResponse {
      readonly body = { on: () => {} };
      readonly headers = new Headers({ 'content-type': 'application/json' });
      readonly ok = true;
      readonly status = 200;
      clone = () => new OwnResponse();
      json = () => Promise.resolve(JSON.parse(text) as unknown);
      text = () => Promise.resolve(text);
    }
    const passOn = () => Promise.resolve(new OwnResponse() as unknown as Response);
    const client = observe(new OpenAI({ apiKey: 'sk', fetch: passOn }));
    await startSession({}, async () => {
      const call = client.chat.completions.create({ ...request, stream: isStream });
      expect(await (await call.asResponse()).text()).toBe(text);
      await sleep(5);
    });
    expect(captured.warnings).toEqual([]);
    expect(captured.events('llm').map((event) => dataOf(event))).toMatchObject([wanted]);
  });

  test('leaves a library alone whose answers are of another kind, and says so', async () => {
    class Other {
      readonly chat = { completions: {} };
      post(path: string, options: object) {
        return Promise.resolve({ path, options });
      }
      getUserAgent() {
        return 'OpenAI/JS 99.0.0';
      }
    }
    const other = observe(new Other());
    const answer = await startSession({}, () =>
      other.post('/chat/completions', { body: { model: 'm' } }),
    );
    expect(answer).toMatchObject({ path: '/chat/completions', options: { body: { model: 'm' } } });
    expect(captured.events()).toEqual([]);
    expect(captured.warnings).toEqual([
      'OpenAI/JS 99.0.0 cannot be observed by this version: its calls are not recorded.',
    ]);
  });

  test('refuses what is no client', () => {
    expect(() => observe(null as unknown as object)).toThrow('client must be an object: got null');
  });
});

describe('a call', () => {
  test('outside any session goes its way, and is told of once', async () => {
    const { client } = await clientOfProvider();
    const observed = observe(client);
    expect(await observed.chat.completions.create(request)).toEqual(completion);
    await observed.chat.completions.create(request);
    expect(captured.records).toEqual([]);
    expect(captured.warnings).toEqual([
      'chat.completions.create() was called outside a session: it is not recorded. Wrap it in startSession().',
    ]);
  });

  test('goes to the session it is made in, below the tool it is made in', async () => {
    const { client } = await clientOfProvider();
    const observed = observe(client);
    const ask = tool('ask', () => observed.chat.completions.create(request));
    const ids = await Promise.all(
      Array.from({ length: 5 }, () =>
        startSession({}, async (session) => {
          await ask();
          return session.sessionId;
        }),
      ),
    );
    const calls = captured.events('llm');
    const tools = captured.events('tool');
    expect(calls.map((event) => event['session_id']).toSorted()).toEqual(ids.toSorted());
    for (const call of calls) {
      const parent = tools.find((it) => it['event_id'] === call['parent_event_id']);
      expect(parent?.['session_id']).toBe(call['session_id']);
    }
  });

  test('takes as long as the provider took, however late the host looks', async () => {
    const { client } = await clientOfProvider();
    const observed = observe(client);
    await startSession({}, async () => {
      const call = observed.chat.completions.create(request);
      await sleep(1_000);
      await call;
    });
    expect(captured.events()[0]?.['latency_ms']).toBeLessThan(990);
  });

  test('that nobody waits for is settled with the session', async () => {
    const { client, provider } = await clientOfProvider();
    const observed = observe(client);
    await startSession({}, async () => {
      void observed.chat.completions.create(request);
      await expect.poll(() => provider.requests.length).toBe(1);
      await sleep(100);
    });
    expect(captured.events().map(({ type }) => type)).toEqual(['llm']);
  });

  test('whose failure nobody handles is as unhandled as without us', async () => {
    const provider = await startProvider(() => ({ status: 400, body: {} }));
    const client = new OpenAI({ apiKey: 'sk', baseURL: provider.url, maxRetries: 0 });
    const unhandled: unknown[] = [];
    const listeners = process.listeners('unhandledRejection');
    process.removeAllListeners('unhandledRejection');
    process.on('unhandledRejection', (reason) => unhandled.push(reason));
    try {
      const observed = observe(client);
      await startSession({}, async () => {
        await expect(observed.chat.completions.create(request)).rejects.toThrow('400');
        await expect(observed.chat.completions.create(request).withResponse()).rejects.toThrow();
        await sleep(50);
        expect(unhandled).toEqual([]);
        void observed.chat.completions.create(request);
        await expect.poll(() => unhandled.length).toBe(1);
      });
      void client.chat.completions.create(request);
      await expect.poll(() => unhandled.length).toBe(2);
    } finally {
      process.removeAllListeners('unhandledRejection');
      for (const listener of listeners) process.on('unhandledRejection', listener);
    }
  });

  test('with arguments that the library refuses fails as it would', async () => {
    const { client } = await clientOfProvider();
    const create = (made: OpenAI) =>
      startSession({}, async () => made.chat.completions.create(null as never)).catch(String);
    expect(await create(observe(client))).toBe(await create(client));
  });

  test('with content that cannot be read is passed on', async () => {
    captured.stop();
    captured = testing.capture({ captureContent: true });
    const { client } = await clientOfProvider();
    const broken = {
      ...request,
      get messages(): never {
        throw new Error('unreadable');
      },
    };
    const call = (made: OpenAI) =>
      startSession({}, async () => made.chat.completions.create(broken)).catch(String);
    expect(await call(observe(client))).toBe(await call(client));
    expect(captured.warnings).toEqual([
      'A model call is not recorded, for want of understanding it: unreadable',
    ]);
  });
});
