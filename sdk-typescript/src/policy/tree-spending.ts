/** What the sessions of one tree have spent in this process, which is one sender to the server. */
export interface TreeSpending {
  /** The root, as far as it is known here. */
  rootSessionId: string;
  /** By the prices known here; it only grows. */
  spentNanoUsd: bigint;
  /** What the whole tree has cost, as the server said it last. */
  toldNanoUsd: bigint;
  /** What of its sessions' spending here the server has not told as theirs yet. */
  freshNanoUsd: bigint;
  /** The tree that this one turned out to be a part of; all is counted there. */
  whole: TreeSpending | null;
}

/** Trees that are remembered; the oldest is forgotten for a further one. */
const treeLimit = 1_000;

/** A tree of which nothing is known yet. */
export function newTree(rootSessionId: string): TreeSpending {
  return { rootSessionId, spentNanoUsd: 0n, toldNanoUsd: 0n, freshNanoUsd: 0n, whole: null };
}

/** What the tree has cost, as far as it is known here. */
export function knownNanoUsd(part: TreeSpending): bigint {
  const { spentNanoUsd, toldNanoUsd, freshNanoUsd } = wholeOf(part);
  const known = toldNanoUsd + freshNanoUsd;
  return known > spentNanoUsd ? known : spentNanoUsd;
}

/** The trees of this process, by their root. */
export class Trees {
  readonly #byRoot = new Map<string, TreeSpending>();

  /** The tree under a root: one, however many sessions of it run here. */
  of(rootSessionId: string): TreeSpending {
    const known = this.#byRoot.get(rootSessionId);
    if (known !== undefined) return wholeOf(known);
    const tree = newTree(rootSessionId);
    this.#remember(rootSessionId, tree);
    return tree;
  }

  /** The server knows what is above the sessions that run here: trees under one root are one (P10). */
  learn(part: TreeSpending, rootSessionId: string): TreeSpending {
    const tree = wholeOf(part);
    const known = this.#byRoot.get(rootSessionId);
    const whole = known === undefined ? tree : wholeOf(known);
    if (known === undefined) this.#remember(rootSessionId, tree);
    whole.rootSessionId = rootSessionId;
    if (whole === tree) return whole;
    whole.spentNanoUsd += tree.spentNanoUsd;
    whole.freshNanoUsd += tree.freshNanoUsd;
    if (tree.toldNanoUsd > whole.toldNanoUsd) whole.toldNanoUsd = tree.toldNanoUsd;
    tree.whole = whole;
    return whole;
  }

  #remember(rootSessionId: string, tree: TreeSpending): void {
    for (const oldest of this.#byRoot.keys()) {
      if (this.#byRoot.size < treeLimit) break;
      this.#byRoot.delete(oldest);
    }
    this.#byRoot.set(rootSessionId, tree);
  }
}

/** The tree that one is known to be now. */
export function wholeOf(part: TreeSpending): TreeSpending {
  let tree = part;
  while (tree.whole !== null) tree = tree.whole;
  return tree;
}
