import type { IngestRecord } from '@niitaka/protocol/ingest.ts';
import { Trees } from '../policy/tree-spending.ts';
import type { Guard } from '../policy/guard.ts';
import { Control, type Order, type SpentSoFar } from './control.ts';

/** What an answer says that concerns control; a poll for commands tells no totals. */
export interface ControlNews {
  readonly control: readonly Order[];
  readonly sessions: readonly ({ readonly session_id: string } & SpentSoFar)[];
}

/** Ended sessions whose spending is followed; that of a further one counts on top of what the server tells. */
const untoldLimit = 1_000;

/** The controls of every session of this process, by session id. */
export class Controls {
  readonly #send: (record: IngestRecord) => void;
  readonly #bySession = new Map<string, Control>();
  /** Of sessions that are over here, of whose spending the server has not told yet. */
  readonly #untold = new Map<string, Guard>();
  /** What each tree has spent here. */
  readonly trees = new Trees();

  constructor(send: (record: IngestRecord) => void) {
    this.#send = send;
  }

  /** The control of a session: one, however many objects stand for the session. */
  of(sessionId: string): Control {
    const known = this.#bySession.get(sessionId) ?? new Control(sessionId, this.#send);
    this.#bySession.set(sessionId, known);
    return known;
  }

  /** The root of a session's tree, as far as it is known here; null where the session does not run here. */
  rootOf(sessionId: string): string | null {
    return this.#bySession.get(sessionId)?.guard?.tree.rootSessionId ?? null;
  }

  /** Takes totals and commands out of an answer; what concerns no session here is passed over. */
  readAnswer({ control, sessions }: ControlNews): void {
    for (const spent of sessions) {
      this.#bySession.get(spent.session_id)?.readAnswer(spent);
      const guard = this.#untold.get(spent.session_id);
      if (spent.total_cost !== undefined) guard?.readAnswer(spent);
      if (guard?.hasFresh === false) this.#untold.delete(spent.session_id);
    }
    for (const order of control) this.#bySession.get(order.session_id)?.take(order);
  }

  /** The session is over in this process. */
  forget(sessionId: string): void {
    const control = this.#bySession.get(sessionId);
    control?.close();
    this.#bySession.delete(sessionId);
    const guard = control?.guard;
    if (guard?.hasFresh === true && this.#untold.size < untoldLimit) {
      this.#untold.set(sessionId, guard);
    }
  }

  /** Ids of the sessions here, and whether one of them waits to be resumed. */
  waiting(): { readonly ids: readonly string[]; readonly isPaused: boolean } {
    const controls = [...this.#bySession.values()];
    return {
      ids: [...this.#bySession.keys()],
      isPaused: controls.some((control) => control.isPaused),
    };
  }
}
