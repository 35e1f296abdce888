/** Objects whose keys are the user's own and stay as they are. */
const openObjects: ReadonlySet<string> = new Set([
  'metrics',
  'tags',
  'metadata',
  'data',
  'dropped_by',
  'omitted',
  'classes',
]);

/** An answer of the wire with its keys in camelCase; the user's own keys stay untouched. */
export function toCamelCase(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toCamelCase);
  if (typeof value !== 'object' || value === null) return value;
  const pairs = Object.entries(value).map(([key, item]): [string, unknown] => [
    key.replace(/_([a-z0-9])/g, (_match, letter: string) => letter.toUpperCase()),
    openObjects.has(key) ? item : toCamelCase(item),
  ]);
  return Object.fromEntries(pairs);
}
