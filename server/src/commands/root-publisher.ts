/** A root's row is published at most once in this time for changes below it, ms (S9). */
export const rootPublishIntervalMs = 1_000;

/** Roots remembered with their last publication; beyond this many the oldest are forgotten. */
const maxRememberedRoots = 10_000;

/** Decides when a change below a root may show on the root's row, and remembers those that must wait. */
export interface RootPublisher {
  /** True when the root may be published now; else it is remembered for {@link takeDue}. */
  admit(orgId: string, rootId: string, nowMs: number): boolean;
  /** Roots whose wait is over, at most `limit`; they count as published now. */
  takeDue(nowMs: number, limit: number): { orgId: string; rootId: string }[];
}

/** A publisher with nothing remembered. It may forget: the next change below a root brings it back. */
export function createRootPublisher(): RootPublisher {
  const publishedAt = new Map<string, number>();
  const waiting = new Map<string, { orgId: string; rootId: string }>();
  const note = (key: string, nowMs: number) => {
    publishedAt.delete(key);
    publishedAt.set(key, nowMs);
    if (publishedAt.size > maxRememberedRoots) {
      publishedAt.delete(publishedAt.keys().next().value ?? '');
    }
  };
  const isDue = (key: string, nowMs: number) =>
    nowMs - (publishedAt.get(key) ?? -Infinity) >= rootPublishIntervalMs;
  return {
    admit(orgId, rootId, nowMs) {
      const key = `${orgId}/${rootId}`;
      if (isDue(key, nowMs)) {
        note(key, nowMs);
        waiting.delete(key);
        return true;
      }
      waiting.set(key, { orgId, rootId });
      return false;
    },
    takeDue(nowMs, limit) {
      const due = [...waiting].filter(([key]) => isDue(key, nowMs)).slice(0, limit);
      for (const [key] of due) {
        waiting.delete(key);
        note(key, nowMs);
      }
      return due.map(([, root]) => root);
    },
  };
}
