/** Who made a change, without the marks of the audit log: `person "Ada"` is Ada, a key keeps its word. */
export function authorText(author: string): string {
  const person = /^person "(?<name>.*)"$/s.exec(author)?.groups?.['name'];
  return person ?? author;
}
