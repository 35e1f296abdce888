import OpenAI from 'openai';
import { observe, startSession, type Session } from '../index.ts';
import type { Script } from './compare-observed.ts';
import { guardBy } from './guarded-calls.ts';
import { startProvider, type LoopbackProvider, type ProviderAnswer } from './loopback-provider.ts';
import { chatRequest, completion } from './openai-frames.ts';

/** A refusal in the way of the providers. */
export function failure(status: number, text = 'no', headers = {}): ProviderAnswer {
  return { status, body: { error: { message: text } }, headers };
}

/** Fails so often with 500, then answers. */
export function failing(times: number): Script {
  return (_, count) => (count <= times ? failure(500) : { body: completion });
}

/** The models that a provider was asked for, in order. */
export function modelsOf({ requests }: LoopbackProvider): unknown[] {
  return requests.map(({ body }) => body['model']);
}

/** Runs work in a session under policies, with a client of a provider that answers by the script. */
export async function under<T>(
  policies: readonly object[],
  script: Script,
  work: (client: OpenAI, session: Session) => Promise<T>,
  Library: typeof OpenAI = OpenAI,
): Promise<{ readonly provider: LoopbackProvider; readonly value: T }> {
  const provider = await startProvider(script);
  const client = observe(new Library({ apiKey: 'sk', baseURL: provider.url, maxRetries: 0 }));
  const value = await startSession({ agentId: 'caller' }, (session) => {
    guardBy(session, policies);
    return work(client, session);
  });
  return { provider, value };
}

/** One chat completion. */
export function create(client: OpenAI) {
  return client.chat.completions.create(chatRequest);
}

/** What a promise rejects with; null where it does not. */
export function thrown(work: Promise<unknown>): Promise<unknown> {
  return work.then(() => null).catch((error: unknown) => error);
}
