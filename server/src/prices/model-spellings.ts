/** A model as it is looked up; without a provider the model's own name tells it. */
export interface ModelName {
  readonly provider: string | null;
  readonly model: string;
}

/**
 * The spellings under which a model is looked up, in this order: as sent, then without the prefixes and suffixes
 * that gateways and clouds add, then without its date.
 */
export function modelSpellings(provider: string | null, model: string): readonly ModelName[] {
  const own = providerName(provider);
  const sent = model.trim().toLowerCase();
  const path = sent.replace(/^models\//, '').split('/');
  const last = path.at(-1) ?? sent;
  const owner = own ?? (path.length > 1 ? providerName(path.at(-2) ?? null) : null);
  const bare = last.replace(cloudPrefix, '').replace(cloudSuffix, '');
  const undated = bare.replace(dateSuffix, '');
  const names = [
    { provider: own, model: sent },
    { provider: owner, model: last },
    { provider: owner, model: bare },
    { provider: owner, model: undated },
  ];
  return names.filter((name, index) => names.findIndex((other) => isSame(name, other)) === index);
}

const cloudPrefix = /^(?:(?:us|eu|apac|global|jp|au)\.)?(?:anthropic|amazon|meta|mistral|cohere)\./;
const cloudSuffix = /-v\d+(?::\d+)?$/;
const dateSuffix = /[-@]20\d{2}-?(?:0[1-9]|1[0-2])-?(?:0[1-9]|[12]\d|3[01])$/;

/** Names that telemetry conventions use and the book does not know; null: a gateway, the model tells. */
const otherNames: Readonly<Record<string, string | null>> = {
  x_ai: 'x-ai',
  'gcp.gen_ai': 'google',
  litellm: null,
  portkey: null,
  helicone: null,
};

function providerName(provider: string | null): string | null {
  const name = provider?.trim().toLowerCase() ?? '';
  if (name === '') return null;
  return Object.hasOwn(otherNames, name) ? (otherNames[name] ?? null) : name;
}

function isSame(one: ModelName, other: ModelName): boolean {
  return one.provider === other.provider && one.model === other.model;
}
