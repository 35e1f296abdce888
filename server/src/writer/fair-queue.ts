/** Whose turn an item waits for: first among organisations, then among the senders of one. */
export interface Lane {
  readonly orgId: string;
  /** The key or browser that sent it. */
  readonly senderId: string;
}

/** A queue in which organisations take turns, and within one its senders: nobody waits behind another's backlog. */
export interface FairQueue<Item> {
  add(lane: Lane, item: Item): void;
  /** The item whose turn it is, which stays; undefined when none waits. */
  peek(): Item | undefined;
  /** Takes that item: its sender and organisation go to the end of their rows. */
  take(): Item | undefined;
  /**
   * Takes, one after the other, the wanted items of senders that have nothing else waiting, organisations in turns;
   * none while nobody has more. Whose turn it is among the others stays.
   */
  takeSingles(isWanted: (item: Item) => boolean): Generator<Item, void>;
}

/** Opens an empty queue; within one lane the order of arrival holds. */
export function openFairQueue<Item>(): FairQueue<Item> {
  // A map remembers the order in which its keys came: the first has its turn.
  const organisations = new Map<string, Map<string, Item[]>>();
  let backlogs = 0;
  return {
    add({ orgId, senderId }, item) {
      const senders = organisations.get(orgId) ?? new Map<string, Item[]>();
      organisations.set(orgId, senders);
      const waiting = senders.get(senderId);
      if (waiting === undefined) senders.set(senderId, [item]);
      else waiting.push(item);
      if (waiting?.length === 2) backlogs += 1;
    },
    peek: () => first(first(organisations)?.[1])?.[1][0],
    take() {
      const [orgId, senders] = first(organisations) ?? [];
      const [senderId, waiting] = first(senders) ?? [];
      if (orgId === undefined || senderId === undefined) return undefined;
      const item = waiting?.shift();
      if (waiting?.length === 1) backlogs -= 1;
      toTheEnd(senders, senderId, waiting?.length === 0);
      toTheEnd(organisations, orgId, senders?.size === 0);
      return item;
    },
    *takeSingles(isWanted) {
      let isMore = backlogs > 0;
      while (isMore) {
        isMore = false;
        for (const [orgId, senders] of organisations) {
          const single = firstSingle(senders, isWanted);
          if (single === null) continue;
          isMore = true;
          senders.delete(single.senderId);
          if (senders.size === 0) organisations.delete(orgId);
          yield single.item;
        }
      }
    },
  };
}

function firstSingle<Item>(
  senders: ReadonlyMap<string, readonly Item[]>,
  isWanted: (item: Item) => boolean,
): { readonly senderId: string; readonly item: Item } | null {
  for (const [senderId, [item, next]] of senders) {
    if (item !== undefined && next === undefined && isWanted(item)) return { senderId, item };
  }
  return null;
}

function first<Value>(row: ReadonlyMap<string, Value> | undefined): [string, Value] | undefined {
  return row?.entries().next().value;
}

function toTheEnd<Value>(row: Map<string, Value> | undefined, name: string, isDone: boolean): void {
  const value = row?.get(name);
  row?.delete(name);
  if (!isDone && value !== undefined) row?.set(name, value);
}
