/** What a user's redactor is: gets each value with its path, answers what may be sent; undefined leaves it out. */
export type Redact = (path: string, value: unknown) => unknown;

/** What stands in the place of a value whose redaction failed. */
export const redactionFailed = '[redaction failed]';

/** Shows every leaf of a tidy JSON value to the redactor; what it throws drops that value, never the record. */
export function redactJson(
  value: unknown,
  path: string,
  redact: Redact,
  onFailure: () => void,
): unknown {
  if (value === null || value === undefined) return value;
  if (Array.isArray(value)) {
    return value.map((item, at) => redactJson(item, `${path}.${at}`, redact, onFailure) ?? null);
  }
  if (typeof value === 'object') {
    const pairs = Object.entries(value).map(([key, item]): [string, unknown] => [
      key,
      redactJson(item, path === '' ? key : `${path}.${key}`, redact, onFailure),
    ]);
    return Object.fromEntries(pairs);
  }
  return redactLeaf(value, path, redact, onFailure);
}

function redactLeaf(value: unknown, path: string, redact: Redact, onFailure: () => void): unknown {
  try {
    const answer = redact(path, value);
    if (!(answer instanceof Promise)) return answer;
    answer.catch(() => {});
  } catch {
    // Told below: the redactor's own error may hold what it was to hide.
  }
  onFailure();
  return redactionFailed;
}
