/** What models are to be called with; a field that nothing sets is absent. */
export interface LlmConfig {
  readonly model?: string;
  readonly temperature?: number;
  readonly maxTokens?: number;
  readonly systemPrompt?: string;
}

/** How an agent is to run, as its version and experiment on the server say (A4). */
export interface RuntimeConfig {
  readonly llm: LlmConfig;
  /** By field of `llm`, where its value is from, such as `version:3`. */
  readonly sources: Readonly<Partial<Record<keyof LlmConfig, string>>>;
  /** `disk`: what the server said last time, for it does not answer now; `default`: it never said anything. */
  readonly origin: 'server' | 'disk' | 'default';
}

/** Name on the wire and kind of each field. */
const fields = [
  ['model', 'model', 'string'],
  ['temperature', 'temperature', 'number'],
  ['maxTokens', 'max_tokens', 'number'],
  ['systemPrompt', 'system_prompt', 'string'],
] as const;

/** The `config` of a snapshot; what is of another kind than it should be is absent. */
export function readConfig(value: unknown, origin: RuntimeConfig['origin']): RuntimeConfig {
  const { llm, sources } = objectOf(value);
  const [given, from] = [objectOf(llm), objectOf(sources)];
  const known = fields.filter(([, name, kind]) => typeof given[name] === kind);
  const sourced = known.filter(([, name]) => typeof from[name] === 'string');
  return Object.freeze({
    llm: Object.freeze(Object.fromEntries(known.map(([key, name]) => [key, given[name]]))),
    sources: Object.freeze(Object.fromEntries(sourced.map(([key, name]) => [key, from[name]]))),
    origin,
  }) as RuntimeConfig;
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
