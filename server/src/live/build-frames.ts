import type { Frame } from './live-frame.ts';
import type { Change, LiveSource } from './live-source.ts';

/** The messages of some changes, with rows as they are now; what is gone by now has none. */
export async function buildFrames(
  source: LiveSource,
  orgId: string,
  changes: readonly Change[],
): Promise<readonly Frame[]> {
  const idsOf = (kind: Change['kind']) =>
    changes.filter((change) => change.kind === kind).map((change) => change.id);
  const [sessions, signals] = await Promise.all([
    readTexts(idsOf('session'), (ids) => source.sessions(orgId, ids)),
    readTexts(idsOf('signal'), (ids) => source.signals(orgId, ids)),
  ]);
  return changes.flatMap(({ kind, id, revision }) => {
    const text =
      kind === 'deleted'
        ? JSON.stringify({ id })
        : (kind === 'session' ? sessions : signals).get(id);
    return text === undefined ? [] : [{ name: kind, text, revision }];
  });
}

async function readTexts(
  ids: readonly string[],
  read: (ids: readonly string[]) => Promise<ReadonlyMap<string, string>>,
): Promise<ReadonlyMap<string, string>> {
  return ids.length === 0 ? new Map() : read(ids);
}
