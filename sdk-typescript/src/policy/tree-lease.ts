import type { TreeLimit } from './snapshot.ts';
import { knownNanoUsd, wholeOf, type TreeSpending } from './tree-spending.ts';

/** What the server says to a sender that asks for a part of its tree's budget. */
export interface GrantedPart {
  /** The root of the tree; null where the server does not tell it. */
  readonly rootSessionId: string | null;
  readonly grantedNanoUsd: bigint;
  /** How long it holds, counted from the asking, ms. */
  readonly holdsMs: number;
  /** Nothing is left, nor held by others. */
  readonly isExhausted: boolean;
}

/** What the server is asked. */
export interface AskedPart {
  readonly spentNanoUsd: bigint;
  readonly wantNanoUsd: bigint;
  /** What of it is for calls under way. */
  readonly bookedNanoUsd: bigint;
}

/** Asks the server; null where it cannot be heard. Never rejects. */
export type AskForPart = (asked: AskedPart) => Promise<GrantedPart | null>;

/** The estimate of one call, held until the call is over. */
export interface Booking {
  /** The call is over, and its cost will be counted before anything else happens. Once. */
  settle(): void;
}

/** A call waits so long for what others hold before it is refused, ms (P10). */
export const waitForPartMs = 2_000;

/** Calls like the last one that are leased ahead, so that they need no round trip. */
const callsAhead = 8n;
/** No more is leased ahead than this part of the limit: others want some. */
const aheadDivisor = 64n;
/** Between two askings where the first brought too little, ms. */
const againMs = 200;
/** A server that did not answer is left alone for so long, ms. */
const awayMs = 5_000;
/** What the server said of a spent budget holds for so long, ms. */
const exhaustedMs = 1_000;
/** Between two looks at a lease that is held; it is idle when no call began in between, ms. */
const lookMs = 1_000;
/** A lease that ends within so long is renewed, ms: half of what the server grants. */
const renewWithinMs = 30_000;

interface Waiting {
  readonly estimateNanoUsd: bigint;
  readonly limit: TreeLimit;
  readonly sinceTick: number;
  readonly timer: NodeJS.Timeout;
  readonly decide: (booking: Booking | null) => void;
}

/** The part of a tree's budget that this process holds for all its sessions of the tree (P10). */
export class TreeLease {
  readonly #tree: TreeSpending;
  readonly #ask: AskForPart;
  readonly #stopsUnreachable: boolean;
  readonly #waiting: Waiting[] = [];
  /** What this process may have spent in the tree, all in all. */
  #capNanoUsd = 0n;
  #bookedNanoUsd = 0n;
  #limitNanoUsd = 0n;
  #lastNanoUsd = 0n;
  #liveUntilTick = -Infinity;
  #answeredTick = -Infinity;
  #awayUntilTick = -Infinity;
  #exhaustedUntilTick = -Infinity;
  #bookedTick = -Infinity;
  /** The server had less than was wanted when it was asked last. */
  #isCut = false;
  #isAsking = false;
  /** What is to be done as soon as the server answers. */
  #due: 'renew' | 'giveBack' | 'askAnew' | null = null;
  /** The lease of the tree that this one's turned out to be a part of. */
  #whole: TreeLease | null = null;
  #again: NodeJS.Timeout | null = null;
  #look: NodeJS.Timeout | null = null;

  /** With `stopsUnreachable` nothing but the lease is spent while the server is away. */
  constructor(tree: TreeSpending, ask: AskForPart, stopsUnreachable = false) {
    this.#tree = tree;
    this.#ask = ask;
    this.#stopsUnreachable = stopsUnreachable;
  }

  /** Whether calls are refused because the server is away. */
  get isStopped(): boolean {
    return this.#stopsUnreachable && this.#isAway;
  }

  /**
   * Books the estimate of a call before it is made, at once where the lease suffices. Null where nothing is left; where
   * the server is away, or does not know of the limit, the totals that are known here decide.
   */
  book(estimateNanoUsd: bigint, limit: TreeLimit): Promise<Booking | null> | Booking {
    this.#limitNanoUsd = limit.nanoUsd;
    this.#lastNanoUsd = estimateNanoUsd;
    this.#bookedTick = performance.now();
    const isFree = limit.isLeased && this.#suffices(estimateNanoUsd);
    if (this.#waiting.length === 0 && isFree) return this.#take(estimateNanoUsd);
    return new Promise((decide) => {
      const sinceTick = performance.now();
      // The timer holds the process, for a call waits for it; the request does not.
      const timer = setTimeout(() => this.#current.#giveUp(waiting), waitForPartMs);
      const waiting: Waiting = { estimateNanoUsd, limit, sinceTick, timer, decide };
      this.#waiting.push(waiting);
      this.#serve();
    });
  }

  /** Gives back all that is not spent; nobody waits for it. */
  giveBack(): void {
    if (this.#isAsking) this.#due = 'giveBack';
    this.#stopLooking();
    if (this.#isAsking || !this.#isLive || this.#capNanoUsd <= this.#spent) return;
    this.#capNanoUsd = this.#spent;
    void this.#ask({ spentNanoUsd: this.#spent, wantNanoUsd: 0n, bookedNanoUsd: 0n });
  }

  /** Takes over the calls of a lease whose tree is a part of this one's; what both may spend is asked anew (P10). */
  absorb(part: TreeLease): void {
    part.#stopLooking();
    part.#whole = this;
    this.#bookedNanoUsd += part.#bookedNanoUsd;
    part.#bookedNanoUsd = 0n;
    this.#waiting.push(...part.#waiting.splice(0));
    this.#limitNanoUsd = largest(this.#limitNanoUsd, part.#limitNanoUsd);
    // The server took what the part had spent for all.
    this.#liveUntilTick = -Infinity;
    this.askAnew();
  }

  /** Asks anew for what is under way and waits here. */
  askAnew(): void {
    if (this.#isAsking) this.#due = 'askAnew';
    else this.#askForWaiting();
  }

  /** Asks anew for what is held, because the session that it was asked for ends. */
  renew(): void {
    if (this.#isAsking) this.#due = 'renew';
    else if (this.#isLive && this.#held > 0n) this.#askFor(this.#held);
  }

  get #spent(): bigint {
    return wholeOf(this.#tree).spentNanoUsd;
  }

  get #current(): TreeLease {
    return this.#whole === null ? this : this.#whole.#current;
  }

  get #isLive(): boolean {
    return performance.now() < this.#liveUntilTick;
  }

  get #isAway(): boolean {
    return performance.now() < this.#awayUntilTick;
  }

  /** What is neither spent nor booked; less than nothing where calls cost more than was granted. */
  get #free(): bigint {
    const left = this.#isLive ? this.#capNanoUsd - this.#spent : 0n;
    return left - this.#bookedNanoUsd;
  }

  get #held(): bigint {
    return largest(this.#bookedNanoUsd, this.#capNanoUsd - this.#spent);
  }

  #suffices(estimateNanoUsd: bigint): boolean {
    const free = this.#free;
    return free > 0n && free >= estimateNanoUsd;
  }

  #take(estimateNanoUsd: bigint): Booking {
    this.#bookedNanoUsd += estimateNanoUsd;
    let isSettled = false;
    const settle = () => {
      if (isSettled) return;
      isSettled = true;
      const current = this.#current;
      current.#bookedNanoUsd -= estimateNanoUsd;
      // Not before the cost is counted.
      if (current.#waiting.length > 0) queueMicrotask(() => current.#serve());
    };
    return { settle };
  }

  /** Lets go whoever can be decided on, in the order in which they came, and asks for the others. */
  #serve(): void {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      const mayGo = this.#mayGo(next);
      if (mayGo === null) break;
      this.#decide(next, mayGo ? this.#take(next.estimateNanoUsd) : null);
    }
    const isForServer = this.#waiting.some(({ limit }) => limit.isLeased);
    if (isForServer && !this.#isAway) this.#askAgain();
  }

  /** Null where that is still to be seen. */
  #mayGo({ estimateNanoUsd, limit }: Waiting): boolean | null {
    // The last of the money lets one more call go: only its cost will say whether it is too much.
    const isLast = this.#isCut && this.#free > 0n;
    if (limit.isLeased && (this.#suffices(estimateNanoUsd) || isLast)) return true;
    if (limit.isLeased && this.isStopped) return false;
    if (!limit.isLeased || this.#isAway) {
      const left = this.#knownLeft(limit);
      if (left > this.#bookedNanoUsd) return true;
      return left > 0n ? null : false;
    }
    return performance.now() < this.#exhaustedUntilTick ? false : null;
  }

  /** What the spending that is known here leaves of the limit, without what is only booked. */
  #knownLeft({ nanoUsd }: TreeLimit): bigint {
    return nanoUsd - knownNanoUsd(this.#tree);
  }

  #decide(waiting: Waiting, booking: Booking | null): void {
    this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
    clearTimeout(waiting.timer);
    waiting.decide(booking);
  }

  /** The time is over: money that is only booked is left, for one call of a lease; without one, what was spent decides. */
  #giveUp(waiting: Waiting): void {
    const isUnheard = this.#answeredTick < waiting.sinceTick;
    // One may go beyond what is booked: its estimate is all that the limit can be passed by.
    const isLeft = this.#isLive && this.#capNanoUsd > this.#spent && this.#free >= 0n;
    const { isLeased } = waiting.limit;
    if (isUnheard && this.#stopsUnreachable) this.#awayUntilTick = performance.now() + awayMs;
    const isStopped = isLeased && this.isStopped;
    const isKnown = isUnheard || this.#isAway || !isLeased;
    const mayGo = !isStopped && (isKnown ? this.#knownLeft(waiting.limit) > 0n : isLeft);
    this.#decide(waiting, mayGo ? this.#take(waiting.estimateNanoUsd) : null);
  }

  #askAgain(): void {
    if (this.#again !== null) clearTimeout(this.#again);
    this.#again = null;
    if (this.#isAsking) return;
    const afterMs = this.#isCut ? this.#answeredTick + againMs - performance.now() : 0;
    if (afterMs <= 0) return this.#askForWaiting();
    this.#again = setTimeout(() => {
      this.#again = null;
      this.#serve();
    }, afterMs).unref();
  }

  #askForWaiting(): void {
    const waiting = this.#waiting.reduce((sum, it) => sum + it.estimateNanoUsd, 0n);
    this.#askFor(this.#bookedNanoUsd + largest(waiting, 1n) + this.#ahead);
  }

  get #ahead(): bigint {
    return smallest(this.#lastNanoUsd * callsAhead, this.#limitNanoUsd / aheadDivisor);
  }

  #askFor(want: bigint): void {
    if (this.#isAsking) return;
    this.#isAsking = true;
    const [askedTick, spent] = [performance.now(), this.#spent];
    // What is given back is not spent any more, whatever the answer.
    if (this.#capNanoUsd > spent + want) this.#capNanoUsd = spent + want;
    const asked = { spentNanoUsd: spent, wantNanoUsd: want, bookedNanoUsd: this.#bookedNanoUsd };
    void this.#ask(asked).then((part) => {
      this.#isAsking = false;
      if (this.#whole !== null) return;
      if (part === null) this.#awayUntilTick = performance.now() + awayMs;
      else this.#accept(part, spent, want, askedTick);
      const due = this.#due;
      this.#due = null;
      this.#serve();
      if (due !== null) this[due]();
    });
  }

  #accept(part: GrantedPart, spent: bigint, want: bigint, askedTick: number): void {
    const { grantedNanoUsd, holdsMs, isExhausted } = part;
    this.#answeredTick = performance.now();
    this.#awayUntilTick = -Infinity;
    this.#capNanoUsd = spent + grantedNanoUsd;
    this.#liveUntilTick = askedTick + holdsMs;
    this.#isCut = grantedNanoUsd < want;
    this.#exhaustedUntilTick = isExhausted ? this.#answeredTick + exhaustedMs : -Infinity;
    if (grantedNanoUsd > 0n) this.#look ??= setInterval(() => this.#lookAfter(), lookMs).unref();
  }

  /** What nobody uses goes back where others may want it; what is used is renewed before it ends. */
  #lookAfter(): void {
    if (!this.#isLive || this.#held <= 0n) return this.#stopLooking();
    const nowTick = performance.now();
    const free = this.#free;
    const isIdle = nowTick - this.#bookedTick >= lookMs && this.#waiting.length === 0;
    const isMuch = this.#isCut || free > this.#limitNanoUsd / aheadDivisor;
    if (isIdle && free > 0n && isMuch) this.#askFor(this.#bookedNanoUsd);
    else if (this.#liveUntilTick - nowTick < renewWithinMs) this.#askFor(this.#held);
  }

  #stopLooking(): void {
    if (this.#look !== null) clearInterval(this.#look);
    this.#look = null;
  }
}

function largest(one: bigint, other: bigint): bigint {
  return one > other ? one : other;
}

function smallest(one: bigint, other: bigint): bigint {
  return one < other ? one : other;
}
