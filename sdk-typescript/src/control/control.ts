import type { LlmData } from '@niitaka/core/cost/cost-of-event.ts';
import type { Decision } from '@niitaka/core/policy/decision.ts';
import { uuidV5 } from '@niitaka/core/ids/uuid-v5.ts';
import type { IngestAnswer, IngestRecord } from '@niitaka/protocol/ingest.ts';
import type { FailedCall, Guard } from '../policy/guard.ts';
import { wireTime } from '../transport/wire-time.ts';
import { AgentExecutionStoppedError } from './agent-execution-stopped-error.ts';
import { hasModelClients } from './model-clients.ts';

/** One command as the server tells it. */
export type Order = IngestAnswer['control'][number];

/** What the server answered about a session. */
export type SpentSoFar = Partial<IngestAnswer['sessions'][number]>;

/** Without an answer of the server for this long a pause ends, ms (G3). */
export const pauseWithoutServerMs = 300_000;

/** Commands of one session that are obeyed; further ones are passed over. */
const orderLimit = 10_000;

/** Longest time between two looks of a step that is held, ms. */
const lookMs = 1_000;

const overText = 'the session ended before its next step';

/** What an operator's command lets a session spend. */
interface Limit {
  /** Of the command. */
  readonly id: string;
  readonly value: number;
}

const unlimited: Limit = { id: '', value: Infinity };

interface Pause {
  readonly id: string;
  readonly untilTick: number;
  /** Whether a step was held: only then was it obeyed. */
  isHeld: boolean;
}

/** What operators ask of one session, obeyed before its next step (G3, P6). */
export class Control {
  readonly sessionId: string;
  /** The policies of the session, where they are known here. */
  guard: Guard | null = null;
  readonly #send: (record: IngestRecord) => void;
  readonly #seen = new Set<string>();
  readonly #limits = { costUsd: unlimited, steps: unlimited };
  readonly #stoppedBy = new Set<string>();
  #abort: { readonly id: string; readonly reason: string; isTold: boolean } | null = null;
  #pause: Pause | null = null;
  #model: { readonly id: string; readonly name: string; isTold: boolean } | null = null;
  /** The model that a policy fell back to, until an operator asks for another. */
  #fallback: string | null = null;
  #isOver = false;
  #costUsd = 0;
  #steps = 0;
  #finished = 0;
  #underWay = 0;
  #answeredTick = performance.now();
  /** Wakes the steps that are held. */
  readonly #held = new Set<() => void>();

  constructor(sessionId: string, send: (record: IngestRecord) => void) {
    this.sessionId = sessionId;
    this.#send = send;
  }

  /** Whether the next step would be held. */
  get isPaused(): boolean {
    return this.#holdMs() !== null;
  }

  /** Takes over what the server answered. */
  readAnswer(spent: SpentSoFar): void {
    this.#answeredTick = performance.now();
    this.#costUsd = Math.max(this.#costUsd, spent.total_cost ?? 0);
    this.#steps = Math.max(this.#steps, spent.step_count ?? 0);
    if (spent.total_cost !== undefined) this.guard?.readAnswer(spent);
  }

  /** Obeys what can be obeyed at once; the rest waits for the next step. Each command once. */
  take({ command_id: id, command, args }: Order): void {
    this.#answeredTick = performance.now();
    if (this.#seen.has(id) || this.#seen.size >= orderLimit) return;
    this.#seen.add(id);
    this.#tell(id, 'delivered');
    this.#obey(id, command, args);
    for (const wake of this.#held) wake();
  }

  /** Begins a step; throws where the session was stopped. Whoever begins tells the end by {@link end}. */
  begin(): void {
    this.#throwIfStopped();
    this.#underWay += 1;
  }

  /**
   * A step that has begun has no money left: it does not happen, and this throws by the policies, for whom the cost of
   * the tree would be so much; or it begins anew, where they changed and let it (P10). `why` is added to their words.
   */
  refuse(treeCostNanoUsd: bigint, why: string): void {
    this.end(false);
    this.guard?.checkTree(this.#begun(), { treeCostNanoUsd, why });
    this.begin();
  }

  /** Begins a step as soon as the session is not paused. */
  async beginWhenFree(): Promise<void> {
    for (;;) {
      this.#throwIfStopped();
      const holdMs = this.#holdMs();
      const pause = this.#pause;
      if (holdMs === null || pause === null) break;
      if (!pause.isHeld) {
        pause.isHeld = true;
        this.#tell(pause.id, 'obeyed');
      }
      await this.#wait(Math.min(holdMs, lookMs));
    }
    this.#underWay += 1;
  }

  /** A step is over; one that failed is none (E3). `spent` is what a model call says of its usage. */
  end(isFinished: boolean, spent: LlmData | null = null, startedMs?: number): void {
    this.#underWay -= 1;
    if (!isFinished) return;
    this.#finished += 1;
    if (spent !== null) this.guard?.count(spent, startedMs);
  }

  /** A finished event that passed no gate was recorded; model calls and tools are steps (E3). */
  noteEvent(type: string, data: LlmData, startedMs: number): void {
    if (type !== 'llm' && type !== 'tool') return;
    this.guard?.noteStep(startedMs, this.#begun());
    this.#finished += 1;
    if (type === 'llm') this.guard?.count(data, startedMs);
  }

  /**
   * What the policies say of a failed call, where they have it made again; a fallback holds for later calls as well.
   * Throws where they stop the session.
   */
  judge(failed: FailedCall, mayUse: (model: string) => boolean): Decision | null {
    if (this.guard === null || this.#isOver) return null;
    const decision = this.guard.judge(failed, this.#begun(), mayUse);
    this.#fallback = decision?.fallbackModel ?? this.#fallback;
    return decision;
  }

  /** Before a failed call is made again; an operator's abort ends the wait, and so does the host's `signal`. */
  async wait(ms: number, signal: AbortSignal | null): Promise<void> {
    const endsTick = performance.now() + ms;
    const stir = () => {
      for (const wake of this.#held) wake();
    };
    signal?.addEventListener('abort', stir);
    for (let left = ms; left > 0; left = endsTick - performance.now()) {
      if (this.#abort !== null || this.#isOver || signal?.aborted === true) break;
      await this.#wait(left);
    }
    signal?.removeEventListener('abort', stir);
  }

  /**
   * The model that a policy fell back to or an operator asked for, the later of them, where the call to come takes
   * one of that name; this obeys the command.
   */
  modelFor(takes: (name: string) => boolean): string | null {
    if (this.#fallback !== null && takes(this.#fallback)) return this.#fallback;
    const model = this.#model;
    if (model === null || !takes(model.name)) return null;
    if (!model.isTold) this.#tell(model.id, 'obeyed');
    model.isTold = true;
    return model.name;
  }

  /** The session is over here: what was not obeyed never will be. */
  close(): void {
    this.#isOver = true;
    for (const wake of this.#held) wake();
    this.#endPause(overText);
    this.#endModel(overText);
    this.#refuseAbort(overText);
  }

  #refuseAbort(why: string): void {
    if (this.#abort === null || this.#abort.isTold) return;
    this.#abort.isTold = true;
    this.#tell(this.#abort.id, 'refused', why);
  }

  #obey(id: string, command: string, args: Order['args']): void {
    switch (command) {
      case 'pause':
        this.#endPause('another pause came before its next step');
        this.#pause = {
          id,
          untilTick: performance.now() + numberOf(args['max_seconds'], 0) * 1000,
          isHeld: false,
        };
        return;
      case 'resume':
        this.#endPause('it was resumed before its next step');
        return this.#tell(id, 'obeyed');
      case 'abort':
        this.#refuseAbort('another abort came before its next step');
        this.#abort = { id, reason: String(args['reason'] ?? ''), isTold: false };
        return;
      case 'limit':
        this.#limits.costUsd = lower(this.#limits.costUsd, id, args['cost_usd']);
        this.#limits.steps = lower(this.#limits.steps, id, args['steps']);
        return this.#tell(id, 'obeyed');
      case 'model': {
        const reason = 'no call of this process goes through an instrumented model client';
        if (!hasModelClients()) return this.#tell(id, 'refused', reason);
        this.#endModel('another model came before its next call of one');
        this.#fallback = null;
        this.#model = { id, name: String(args['model']), isTold: false };
        return;
      }
      default:
        return this.#tell(id, 'refused', `this version knows no command ${command}`);
    }
  }

  /** Milliseconds for which the next step is held; null when it may begin. */
  #holdMs(): number | null {
    if (this.#pause === null) return null;
    const endsTick = Math.min(this.#pause.untilTick, this.#answeredTick + pauseWithoutServerMs);
    const left = endsTick - performance.now();
    if (left > 0) return left;
    this.#endPause('its time was over before its next step');
    return null;
  }

  #throwIfStopped(): void {
    const { sessionId } = this;
    if (this.#abort !== null) {
      if (!this.#abort.isTold) {
        this.#abort.isTold = true;
        this.#tell(this.#abort.id, 'obeyed');
      }
      const reason = this.#abort.reason === '' ? '' : `: ${this.#abort.reason}`;
      const text = `An operator stopped this session${reason}`;
      throw new AgentExecutionStoppedError(text, { sessionId });
    }
    const { costUsd, steps } = this.#limits;
    const begun = this.#begun();
    this.guard?.check(begun);
    if (begun >= steps.value) {
      throw this.#stopAt(steps, begun, `steps ${begun}, limit ${steps.value}`);
    }
    // The server's word may be late, or not come at all.
    const cost = costUsd === unlimited ? 0 : Math.max(this.#costUsd, this.guard?.costUsd ?? 0);
    if (cost > costUsd.value) {
      throw this.#stopAt(costUsd, cost, `cost $${cost}, limit $${costUsd.value}`);
    }
  }

  /** The server is told of it once, as a policy's limit would be. */
  #stopAt({ id, value: threshold }: Limit, found: number, what: string): Error {
    const { sessionId } = this;
    const text = `An operator limited this session: ${what}`;
    if (!this.#stoppedBy.has(id)) {
      this.#stoppedBy.add(id);
      this.#send({
        kind: 'signal',
        signal_id: uuidV5(sessionId, `control/operator:${id}`),
        session_id: sessionId,
        type: 'control',
        subtype: 'operator',
        action: 'abort',
        severity: 'critical',
        message: text,
        data: { command: 'limit', command_id: id, threshold, found },
        occurred_at: wireTime(Date.now()),
      });
    }
    return new AgentExecutionStoppedError(text, { sessionId, threshold, found });
  }

  /** Steps that are finished, and those under way here. */
  #begun(): number {
    return Math.max(this.#steps, this.#finished) + this.#underWay;
  }

  #endPause(why: string): void {
    const pause = this.#pause;
    this.#pause = null;
    if (pause !== null && !pause.isHeld) this.#tell(pause.id, 'refused', why);
  }

  #endModel(why: string): void {
    const model = this.#model;
    this.#model = null;
    if (model !== null && !model.isTold) this.#tell(model.id, 'refused', why);
  }

  /** The timer holds the process: a paused agent has nothing else that would. */
  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        this.#held.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, ms);
      this.#held.add(wake);
    });
  }

  #tell(commandId: string, state: 'delivered' | 'obeyed' | 'refused', reason?: string): void {
    this.#send({
      kind: 'command.ack',
      session_id: this.sessionId,
      command_id: commandId,
      state,
      at: wireTime(Date.now()),
      ...(reason === undefined ? {} : { reason }),
    });
  }
}

function lower(limit: Limit, id: string, asked: unknown): Limit {
  const value = numberOf(asked, Infinity);
  return value < limit.value ? { id, value } : limit;
}

function numberOf(value: unknown, fallback: number): number {
  return typeof value === 'number' ? value : fallback;
}
