/** Who holds a share: a key or browser, and its organisation. */
export interface Holder {
  readonly orgId: string;
  readonly senderId: string;
}

/** What came of asking for a share: it was given, its holder has too much, or all together have. */
export type Taken = 'taken' | 'over_share' | 'full';

/** How much may be held at once; whoever gets nothing comes back later. */
export interface ByteBudget {
  /**
   * Takes a share. INVARIANT: an organisation gets no more than three times what is then free, and a sender no more
   * than its organisation may still take: a new organisation finds room whatever others hold, and so does a new sender
   * of one that has not more than its share.
   */
  take(holder: Holder, bytes: number): Taken;
  give(holder: Holder, bytes: number): void;
  readonly used: number;
}

/** What an organisation may hold for each byte that is free. */
const organisationShare = 3;

/** A budget of bytes. */
export function openByteBudget(limit: number): ByteBudget {
  const organisations = openTally();
  const senders = openTally();
  let used = 0;
  const nameOf = ({ orgId, senderId }: Holder) => `${orgId} ${senderId}`;
  return {
    take(holder, bytes) {
      const free = limit - used - bytes;
      if (free < 0) return 'full';
      const ofOrganisation = organisations.of(holder.orgId) + bytes;
      const left = (organisationShare * free - ofOrganisation) / (organisationShare + 1);
      if (senders.of(nameOf(holder)) + bytes > left) return 'over_share';
      organisations.add(holder.orgId, bytes);
      senders.add(nameOf(holder), bytes);
      used += bytes;
      return 'taken';
    },
    give(holder, bytes) {
      organisations.add(holder.orgId, -bytes);
      senders.add(nameOf(holder), -bytes);
      used -= bytes;
    },
    get used() {
      return used;
    },
  };
}

/** Sums by name; whoever holds nothing is forgotten. */
function openTally() {
  const sums = new Map<string, number>();
  return {
    of: (name: string): number => sums.get(name) ?? 0,
    add(name: string, bytes: number): void {
      const sum = (sums.get(name) ?? 0) + bytes;
      if (sum > 0) sums.set(name, sum);
      else sums.delete(name);
    },
  };
}
