/** The full-text query for goals of one organisation in which every word begins some word (S11). */
export function goalMatch(orgId: string, words: readonly string[]): string {
  const organisation = `org : "${orgId.replaceAll('-', '')}"`;
  return [organisation, ...words.map((word) => `words : "${word.replaceAll('"', '""')}"*`)].join(
    ' AND ',
  );
}
