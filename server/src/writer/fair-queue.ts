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
}

/** Opens an empty queue; within one lane the order of arrival holds. */
export function openFairQueue<Item>(): FairQueue<Item> {
  // A map remembers the order in which its keys came: the first has its turn.
  const organisations = new Map<string, Map<string, Item[]>>();
  return {
    add({ orgId, senderId }, item) {
      const senders = organisations.get(orgId) ?? new Map<string, Item[]>();
      organisations.set(orgId, senders);
      const waiting = senders.get(senderId);
      if (waiting === undefined) senders.set(senderId, [item]);
      else waiting.push(item);
    },
    peek: () => first(first(organisations)?.[1])?.[1][0],
    take() {
      const [orgId, senders] = first(organisations) ?? [];
      const [senderId, waiting] = first(senders) ?? [];
      if (orgId === undefined || senderId === undefined) return undefined;
      const item = waiting?.shift();
      toTheEnd(senders, senderId, waiting?.length === 0);
      toTheEnd(organisations, orgId, senders?.size === 0);
      return item;
    },
  };
}

function first<Value>(row: ReadonlyMap<string, Value> | undefined): [string, Value] | undefined {
  return row?.entries().next().value;
}

function toTheEnd<Value>(row: Map<string, Value> | undefined, name: string, isDone: boolean): void {
  const value = row?.get(name);
  row?.delete(name);
  if (!isDone && value !== undefined) row?.set(name, value);
}
