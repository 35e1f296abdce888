import type { Json } from './provider.ts';

/** The object at a dotted path; an empty one where there is none. */
export function objectAt(value: unknown, path?: string): Json {
  let found: unknown = value;
  for (const key of path === undefined ? [] : path.split('.')) {
    found = isJson(found) ? found[key] : undefined;
  }
  return isJson(found) ? found : {};
}

/** The list in a field; an empty one where there is none. */
export function listIn(value: Json, key: string): readonly unknown[] {
  const found = value[key];
  return Array.isArray(found) ? found : [];
}

/** The fields that are there. */
export function present(fields: Json): Json {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined && value !== null),
  );
}

/** The figures in an answer's `usage`; null where it has none. */
export function usageOf(answer: Json): Json | null {
  const { usage } = answer;
  return isJson(usage) ? usage : null;
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
