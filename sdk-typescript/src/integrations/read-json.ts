import type { Json } from './provider.ts';

const nothing: Json = Object.freeze({});

/** The value, or the one in a field of it, where it is an object; an empty one where it is none. */
export function objectAt(value: unknown, key?: string): Json {
  const found = key === undefined || !isJson(value) ? value : value[key];
  return isJson(found) ? found : nothing;
}

/** The list in a field; an empty one where there is none. */
export function listIn(value: Json, key: string): readonly unknown[] {
  const found = value[key];
  return Array.isArray(found) ? found : [];
}

/** The fields that are there. */
export function present(fields: Json): Json {
  const found: Record<string, unknown> = {};
  for (const key of Object.keys(fields)) {
    if (fields[key] !== undefined && fields[key] !== null) found[key] = fields[key];
  }
  return found;
}

/** The figures in an answer's `usage`; null where it has none. */
export function usageOf(answer: Json): Json | null {
  const { usage } = answer;
  return isJson(usage) ? usage : null;
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
