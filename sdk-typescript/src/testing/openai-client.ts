import OpenAI from 'openai';
import { startProvider, type LoopbackProvider } from './loopback-provider.ts';
import { completion } from './openai-frames.ts';

/** A plain client of a provider that answers every call with {@link completion}. */
export async function clientOfProvider(): Promise<{ provider: LoopbackProvider; client: OpenAI }> {
  const provider = await startProvider(() => ({ body: completion }));
  return { provider, client: new OpenAI({ apiKey: 'sk', baseURL: `${provider.url}/v1` }) };
}
