import {
  rollupFigures,
  treeFigures,
  type RollupFigures,
  type TreeFigures,
} from '@niitaka/core/session/contributions.ts';
import type { Session } from '@niitaka/core/session/session.ts';
import type { RollupDelta, StoredSession, TreeDelta } from '../storage/session-tx.ts';
import type { Tx } from '../storage/tx.ts';
import type { CommandContext } from './command.ts';
import { difference, negated, sum } from './figures.ts';

interface Held {
  readonly stored: StoredSession;
  /** What the session added to roll-ups and tree as it was loaded; null for a new one. */
  rollupBefore: RollupFigures | null;
  treeBefore: { rootSessionId: string; figures: TreeFigures } | null;
  dirty: boolean;
  shown: boolean;
}

/** The sessions one command works on, of one organisation: loaded once, saved once, with all that follows from them. */
export interface SessionSet {
  load(ids: Iterable<string>): Promise<void>;
  get(id: string): StoredSession | undefined;
  /** Takes in a session that was just inserted. */
  add(stored: StoredSession): void;
  /** The session changed and must be saved; `shown` when a page can see the change. */
  touch(id: string, shown: boolean): void;
  all(): IterableIterator<StoredSession>;
  /** Saves what changed, and moves roll-ups and tree totals by the difference. */
  save(): Promise<void>;
  /** The same, and marks what is shown: the last step of a transaction. */
  flush(signalIds?: readonly string[]): Promise<void>;
}

/** An empty set for one organisation within one transaction. */
export function openSessionSet(context: CommandContext, orgId: string): SessionSet {
  const held = new Map<string, Held>();
  const { tx } = context;
  return {
    async load(ids) {
      const wanted = [...new Set(ids)].filter((id) => !held.has(id)).toSorted();
      for (const [id, stored] of await tx.loadSessions(orgId, wanted)) held.set(id, hold(stored));
    },
    get: (id) => held.get(id)?.stored,
    add(stored) {
      const fresh = { stored, rollupBefore: null, treeBefore: null, dirty: false, shown: true };
      held.set(stored.session.id, fresh);
    },
    touch(id, shown) {
      const found = held.get(id);
      if (found === undefined) return;
      found.dirty = true;
      found.shown ||= shown;
    },
    *all() {
      for (const { stored } of held.values()) yield stored;
    },
    save: () => save(tx, orgId, [...held.values()]),
    async flush(signalIds = []) {
      const work = [...held.values()];
      await save(tx, orgId, work);
      const shown = shownSessionIds(context, orgId, work);
      const changes = [
        ...shown.map((id) => ({ kind: 'session' as const, id })),
        ...signalIds.map((id) => ({ kind: 'signal' as const, id })),
      ];
      if (changes.length > 0) await tx.recordChanges(orgId, changes, context.nowMs);
    },
  };
}

async function save(tx: Tx, orgId: string, work: readonly Held[]): Promise<void> {
  const dirty = work.filter((one) => one.dirty);
  await tx.saveSessions(dirty.map((one) => one.stored));
  await tx.addRollups(orgId, mergeRollups(work));
  await tx.addTreeTotals(orgId, mergeTrees(work));
  // What was counted, a session that only started too, is what the next difference is taken from.
  for (const one of work) {
    const { rollupBefore, treeBefore } = hold(one.stored);
    Object.assign(one, { rollupBefore, treeBefore, dirty: false });
  }
}

function hold(stored: StoredSession): Held {
  const figures = treeFigures(stored.session);
  return {
    stored,
    rollupBefore: rollupFigures(stored.session),
    treeBefore: figures && { rootSessionId: stored.session.rootSessionId, figures },
    dirty: false,
    shown: false,
  };
}

function shownSessionIds(context: CommandContext, orgId: string, work: readonly Held[]): string[] {
  const ids = new Set<string>();
  for (const { stored, shown } of work) {
    if (!shown) continue;
    const { id, rootSessionId } = stored.session;
    ids.add(id);
    if (rootSessionId === id || ids.has(rootSessionId)) continue;
    if (context.roots.admit(orgId, rootSessionId, context.nowMs)) ids.add(rootSessionId);
  }
  return [...ids];
}

function mergeRollups(work: readonly Held[]): RollupDelta[] {
  const merged = new Map<string, RollupDelta>();
  for (const { stored, rollupBefore } of work) {
    const delta = difference(rollupFigures(stored.session), rollupBefore);
    if (delta !== null) addRollup(merged, stored.session, delta);
  }
  return [...merged.values()];
}

function addRollup(
  merged: Map<string, RollupDelta>,
  { environment, agentId, startedAtMs }: Session,
  figures: RollupFigures,
): void {
  const hour = Math.floor(startedAtMs / 3_600_000);
  const key = `${hour}\n${environment}\n${agentId ?? ''}`;
  const known = merged.get(key);
  if (known === undefined) merged.set(key, { environment, agentId, startedAtMs, figures });
  else merged.set(key, { ...known, figures: sum(known.figures, figures) });
}

function mergeTrees(work: readonly Held[]): TreeDelta[] {
  const merged = new Map<string, TreeFigures>();
  const add = (root: string, figures: TreeFigures | null) => {
    if (figures === null) return;
    const known = merged.get(root);
    merged.set(root, known === undefined ? figures : sum(known, figures));
  };
  for (const { stored, treeBefore } of work) {
    const after = treeFigures(stored.session);
    const root = stored.session.rootSessionId;
    if (treeBefore === null || treeBefore.rootSessionId === root) {
      const before = treeBefore?.figures ?? null;
      add(root, after === null ? before && negated(before) : difference(after, before));
    } else {
      add(treeBefore.rootSessionId, negated(treeBefore.figures));
      add(root, after);
    }
  }
  return [...merged].map(([rootSessionId, figures]) => ({ rootSessionId, figures }));
}
