import { countModelClient } from '../control/model-clients.ts';
import { defaultClient } from '../client/default-client.ts';
import { refused } from '../session/check-arguments.ts';
import { anthropic } from './anthropic.ts';
import { versionOf } from './library-version.ts';
import { openai } from './openai.ts';
import type { Provider } from './provider.ts';
import { wrapClient } from './wrap-client.ts';

/** The libraries that are known; each is a file beside this one. */
const providers: readonly Provider[] = [openai, anthropic];

const observed = new WeakMap<object, object>();

/**
 * Wraps a client of a model provider (`openai`, `@anthropic-ai/sdk`): each call of a model inside a session is one
 * `llm` event, or one `error` event, and operators can hold, stop or redirect it. Answers, streams and exceptions
 * stay the library's own. A client of another library is returned as it is, with one warning; what is no object is
 * a `TypeError`.
 * @example const openai = observe(new OpenAI());
 */
export function observe<T extends object>(client: T): T {
  if (typeof client !== 'object' || client === null) throw refused('client', 'an object', client);
  const known = observed.get(client);
  if (known) return known as T;
  const provider = providers.find((each) => isClientOf(each, client));
  if (provider === undefined) {
    defaultClient().warn('observe_unknown', unknownText(client));
    return client;
  }
  const wrapped = wrapClient(client, provider, observe);
  observed.set(client, wrapped);
  observed.set(wrapped, wrapped);
  countModelClient();
  return wrapped;
}

function isClientOf(provider: Provider, client: object): boolean {
  try {
    return 'post' in client && typeof client.post === 'function' && provider.isClient(client);
  } catch {
    return false;
  }
}

function unknownText(client: object): string {
  const name = String(client.constructor?.name);
  const libraries = providers.map(({ library }) => library).join(', ');
  return `observe() knows no client ${versionOf(client) ?? name}: its calls are not recorded. It knows ${libraries}.`;
}
