/** A way to tell the user of a trouble: once per kind and process, by Node's own warnings. */
export type Warn = (kind: string, message: string) => void;

/** Kinds that are remembered as told. */
const kindLimit = 1000;

/** Makes a `Warn` that speaks once per kind. */
export function createWarn(emit: (message: string, code: string) => void = emitWarning): Warn {
  const told = new Set<string>();
  return (kind, message) => {
    if (told.has(kind) || told.size >= kindLimit) return;
    told.add(kind);
    emit(message, `NIITAKA_${kind.toUpperCase()}`);
  };
}

function emitWarning(message: string, code: string): void {
  process.emitWarning(message, { type: 'NiitakaWarning', code });
}
