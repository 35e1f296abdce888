import type { UsageFormat } from '@niitaka/core/cost/normalise-usage.ts';
import { chatReader } from './openai-chat-reader.ts';
import { readResponse, responsesReader } from './openai-responses-reader.ts';
import type { AnswerFacts, Endpoint, Json, Origin, PreparedBody, Provider } from './provider.ts';
import { listIn, objectAt, present, usageOf } from './read-json.ts';

const chat: Endpoint = {
  method: 'chat.completions.create',
  takesModel,
  input: (body) => body['messages'],
  readAnswer: readCompletion,
  openReader: chatReader,
  prepare: askForUsage,
};

const responses: Endpoint = {
  method: 'responses.create',
  takesModel,
  input: ({ instructions, input }) =>
    instructions === undefined ? input : { instructions, input },
  readAnswer: readResponse,
  openReader: responsesReader,
};

const embeddings: Endpoint = {
  method: 'embeddings.create',
  takesModel: () => false,
  input: (body) => body['input'],
  readAnswer: (answer) => ({
    responseModel: answer['model'],
    usage: usageOf(answer),
    output: () => undefined,
  }),
  openReader: null,
};

/** The package `openai`, for OpenAI itself and for all who speak like it. */
export const openai: Provider = {
  library: 'openai',
  resources: ['chat', 'completions', 'responses', 'embeddings', 'beta'],
  isClient: (client) => 'responses' in client || 'completions' in objectAt(client, 'chat'),
  endpoints: {
    '/chat/completions': chat,
    '/responses': responses,
    '/embeddings': embeddings,
  },
  originOf: (address, endpoint) => {
    const { provider, format } = originAt(hostOf(address));
    return { provider, format: endpoint === responses ? 'openai_responses' : format };
  },
};

/** Who else answers to this library, by the end of the host's name. */
const hosts: Readonly<Record<string, Origin>> = {
  'openai.azure.com': { provider: 'azure', format: 'openai_chat' },
  'groq.com': { provider: 'groq', format: 'groq' },
  'x.ai': { provider: 'x-ai', format: 'xai_chat' },
  'mistral.ai': { provider: 'mistral', format: 'mistral' },
  'deepseek.com': { provider: 'deepseek', format: 'deepseek' },
  'openrouter.ai': { provider: 'openrouter', format: 'openai_chat' },
  'together.xyz': { provider: 'together', format: 'openai_chat' },
  'fireworks.ai': { provider: 'fireworks', format: 'openai_chat' },
};

/** All but the models of makers that have a library of their own. */
function takesModel(name: string): boolean {
  return !/^(?:claude|gemini)\b/.test(name);
}

const format: UsageFormat = 'openai_chat';

function originAt(host: string): Origin {
  const known = Object.entries(hosts).find(([end]) => host === end || host.endsWith(`.${end}`));
  return known?.[1] ?? { provider: 'openai', format };
}

function hostOf(address: string): string {
  return URL.canParse(address) ? new URL(address).hostname : '';
}

/**
 * A stream tells its usage only when asked. It is asked where that is known to be understood: by OpenAI, and by
 * servers on this machine; elsewhere an unknown field may refuse the request.
 */
function askForUsage(body: Json, address: string): PreparedBody {
  const options = objectAt(body, 'stream_options');
  if (body['stream'] !== true || 'include_usage' in options) return { body };
  if (!/^(?:api\.openai\.com|localhost|127\.[\d.]+|\[::1\])$/.test(hostOf(address)))
    return { body };
  return { body: { ...body, stream_options: { ...options, include_usage: true } }, conceal };
}

/** Without being asked for usage a stream has no such field, and no last chunk for it. */
function conceal(chunk: unknown): boolean {
  const { usage, choices } = objectAt(chunk);
  if (usage === null) delete (chunk as { usage?: null }).usage;
  return typeof usage === 'object' && usage !== null && Array.isArray(choices) && !choices.length;
}

function readCompletion(answer: Json): AnswerFacts {
  const choices = listIn(answer, 'choices').map((choice) => objectAt(choice));
  return {
    responseModel: answer['model'],
    responseId: answer['id'],
    finishReason: choices[0]?.['finish_reason'],
    usage: usageOf(answer),
    output: () =>
      choices.map(({ message }) => {
        const { role, content, refusal, tool_calls } = objectAt(message);
        return present({ role, content, refusal, tool_calls });
      }),
  };
}
