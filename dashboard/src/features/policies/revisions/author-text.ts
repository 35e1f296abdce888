/** Who made a change, without the marks of the audit log: `person "Ada"` is Ada, a key says that it is one. */
export function authorText(author: string): string {
  const person = /^person "(?<name>.*)"$/s.exec(author)?.groups?.['name'];
  const key = /^key "(?<name>.*)" \([^()]*\)$/s.exec(author)?.groups?.['name'];
  return person ?? (key === undefined ? author : `key “${key}”`);
}
