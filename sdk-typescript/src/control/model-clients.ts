let count = 0;

/** Whether a client of a model provider is observed in this process: only then another model can be obeyed. */
export function hasModelClients(): boolean {
  return count > 0;
}

/** One more client is observed. */
export function countModelClient(): void {
  count += 1;
}
