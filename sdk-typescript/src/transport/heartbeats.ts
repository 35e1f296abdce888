import type { IngestRecord } from '@niitaka/protocol/ingest.ts';

/** A running session gives a sign of life at least so often. */
export const heartbeatMs = 30_000;
/** Sessions in one record; the others have their turn at the next. */
const sessionLimit = 10_000;

/** Signs of life of all running sessions, in one record. */
export class Heartbeats {
  readonly #running = new Set<string>();
  #givenMs = 0;
  #underWayMs: number | null = null;

  /** Sessions that give signs of life. */
  get size(): number {
    return this.#running.size;
  }

  /** A session runs from now on; its start is its first sign of life. */
  add(sessionId: string, nowMs: number): void {
    if (this.#running.size === 0) this.#givenMs = nowMs;
    this.#running.add(sessionId);
  }

  /** A session runs no more. */
  remove(sessionId: string): void {
    this.#running.delete(sessionId);
  }

  /** True when a heartbeat is due. */
  isDue(nowMs: number): boolean {
    return this.#running.size > 0 && nowMs - this.#givenMs >= heartbeatMs;
  }

  /** The record to send with this attempt; null when none is due. */
  take(nowMs: number): IngestRecord | null {
    if (!this.isDue(nowMs)) return null;
    this.#underWayMs = nowMs;
    const session_ids = [...this.#running].slice(0, sessionLimit);
    return { kind: 'session.heartbeat', session_ids };
  }

  /** The attempt that took the record has arrived. */
  confirm(): void {
    this.#givenMs = this.#underWayMs ?? this.#givenMs;
    this.#underWayMs = null;
  }
}
