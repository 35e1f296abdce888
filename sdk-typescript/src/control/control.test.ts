import type { IngestRecord } from '@niitaka/protocol/ingest.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { AgentExecutionStoppedError } from './agent-execution-stopped-error.ts';
import { Control, pauseWithoutServerMs } from './control.ts';
import { Controls } from './controls.ts';

type Ack = Extract<IngestRecord, { kind: 'command.ack' }>;

const sessionId = '01990000-0000-7000-8000-000000000001';

let acks: Ack[];
let control: Control;
let count: number;

beforeEach(() => {
  acks = [];
  count = 0;
  control = new Control(sessionId, (record) => acks.push(record as Ack));
});

afterEach(() => {
  vi.restoreAllMocks();
});

function order(command: string, args: Record<string, unknown> = {}): string {
  count += 1;
  const id = `01990000-0000-7000-9000-${String(count).padStart(12, '0')}`;
  control.take({ session_id: sessionId, command_id: id, command, args });
  return id;
}

const statesOf = (id: string) =>
  acks.filter(({ command_id: of }) => of === id).map(({ state }) => state);
const reasonOf = (id: string) => acks.findLast(({ command_id: of }) => of === id)?.reason;

describe('Control.take()', () => {
  test('tells that a command was delivered, with session, command and time (wire)', () => {
    const id = order('abort', { reason: 'loops' });
    expect(acks).toEqual([
      {
        kind: 'command.ack',
        session_id: sessionId,
        command_id: id,
        state: 'delivered',
        at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      },
    ]);
  });

  test('obeys each command once, however often it is told (G3)', () => {
    const again = { session_id: sessionId, command_id: sessionId, command: 'resume', args: {} };
    for (let told = 0; told < 3; told += 1) control.take(again);
    expect(statesOf(sessionId)).toEqual(['delivered', 'obeyed']);
  });

  test('refuses what this process cannot do, and says why (G3)', () => {
    expect(statesOf(order('model', { model: 'small' }))).toEqual(['delivered', 'refused']);
    expect(reasonOf(order('dance'))).toBe('this version knows no command dance');
  });
});

describe('two aborts', () => {
  test('before one step: the first is refused, the second obeyed (G3)', () => {
    const [first, second] = [order('abort'), order('abort', { reason: 'again' })];
    expect(() => control.begin()).toThrow('An operator stopped this session: again');
    expect(statesOf(first)).toEqual(['delivered', 'refused']);
    expect(reasonOf(first)).toBe('another abort came before its next step');
    expect(statesOf(second)).toEqual(['delivered', 'obeyed']);
  });
});

describe('Control.begin()', () => {
  test('throws before every step after an abort; obeyed when the first is stopped (P6)', () => {
    const id = order('abort', { reason: 'it loops' });
    expect(statesOf(id)).toEqual(['delivered']);
    for (let step = 0; step < 2; step += 1) {
      expect(() => control.begin()).toThrow('An operator stopped this session: it loops');
    }
    expect(statesOf(id)).toEqual(['delivered', 'obeyed']);
  });

  test('lets n steps begin under a limit of n, those under way and the server’s counted (E3)', () => {
    control.readAnswer({ step_count: 1 });
    expect(statesOf(order('limit', { steps: 3 }))).toEqual(['delivered', 'obeyed']);
    control.begin();
    control.begin();
    const stopped = thrownBy(() => control.begin());
    expect(stopped).toMatchObject({ sessionId, policy: 'operator', threshold: 3, found: 3 });
    control.end(false);
    control.begin();
  });

  test('tells once that a limit stopped it, the limit and what was found (G1, P6)', () => {
    const id = order('limit', { steps: 2 });
    order('limit', { steps: 5 });
    control.readAnswer({ step_count: 2 });
    thrownBy(() => control.begin());
    thrownBy(() => control.begin());
    const told: IngestRecord[] = acks.filter(({ kind }) => kind !== 'command.ack');
    expect(told).toEqual([
      {
        kind: 'signal',
        signal_id: expect.stringMatching(/^[0-9a-f-]{14}5/),
        session_id: sessionId,
        type: 'control',
        subtype: 'operator',
        action: 'abort',
        severity: 'critical',
        message: 'An operator limited this session: steps 2, limit 2',
        data: { command: 'limit', command_id: id, threshold: 2, found: 2 },
        occurred_at: expect.any(String),
      },
    ]);
  });

  test('stops above the limit of cost, not at it; a limit only falls (P2, G3)', () => {
    order('limit', { cost_usd: 0.5 });
    order('limit', { cost_usd: 9 });
    control.readAnswer({ total_cost: 0.5 });
    control.begin();
    control.readAnswer({ total_cost: 0.500001 });
    expect(() => control.begin()).toThrow('cost $0.500001, limit $0.5');
  });
});

describe('Control.beginWhenFree()', () => {
  test('holds a step until it is resumed; the pause is obeyed once a step is held (G3)', async () => {
    const pause = order('pause', { max_seconds: 60 });
    expect(control.isPaused).toBe(true);
    const begun = vi.fn<() => void>();
    const step = control.beginWhenFree().then(begun);
    await sleep(20);
    expect(begun).not.toHaveBeenCalled();
    expect(statesOf(pause)).toEqual(['delivered', 'obeyed']);
    const resume = order('resume');
    await step;
    expect(statesOf(resume)).toEqual(['delivered', 'obeyed']);
    expect(control.isPaused).toBe(false);
  });

  test('an abort ends the pause of a step that is held (G3)', async () => {
    order('pause', { max_seconds: 60 });
    const step = control.beginWhenFree();
    order('abort');
    await expect(step).rejects.toThrow(AgentExecutionStoppedError);
  });

  test('a pause ends when its time is over (G3)', async () => {
    order('pause', { max_seconds: 0.05 });
    await control.beginWhenFree();
    expect(control.isPaused).toBe(false);
  });

  test('a pause ends after five minutes without an answer of the server (G3)', () => {
    order('pause', { max_seconds: 86_400 });
    expect(control.isPaused).toBe(true);
    const late = performance.now() + pauseWithoutServerMs + 1;
    vi.spyOn(performance, 'now').mockReturnValue(late);
    expect(control.isPaused).toBe(false);
  });

  test('a pause that was resumed before any step is told as refused (G3)', async () => {
    const pause = order('pause', { max_seconds: 60 });
    order('resume');
    expect(statesOf(pause)).toEqual(['delivered', 'refused']);
    await control.beginWhenFree();
  });

  test('no more steps begin than the limit says, whatever their timing (E3)', async () => {
    order('limit', { steps: 10 });
    let begun = 0;
    const work = async () => {
      for (let step = 0; step < 5; step += 1) {
        await control.beginWhenFree();
        begun += 1;
        await sleep(1);
        control.end(true);
      }
    };
    await Promise.allSettled(Array.from({ length: 8 }, work));
    expect(begun).toBe(10);
  });
});

describe('Control.modelFor()', () => {
  test('answers nothing where none was asked for', () => {
    expect(control.modelFor(() => true)).toBe(null);
  });

  test('is refused at once where no client is observed in the process (G3)', () => {
    expect(reasonOf(order('model', { model: 'small' }))).toBe(
      'no call of this process goes through an instrumented model client',
    );
    expect(control.modelFor(() => true)).toBe(null);
  });
});

describe('Control.close()', () => {
  test('refuses what was never obeyed (G3)', () => {
    const ids = [order('abort'), order('pause', { max_seconds: 60 })];
    control.close();
    for (const id of ids) {
      expect(statesOf(id)).toEqual(['delivered', 'refused']);
      expect(reasonOf(id)).toBe('the session ended before its next step');
    }
  });
});

describe('Controls', () => {
  test('a command concerns its own session alone, and none that is unknown here (G3)', () => {
    const controls = new Controls(() => {});
    const one = controls.of(sessionId);
    const other = controls.of('other');
    const abort = { command_id: 'c', command: 'abort', args: {} };
    const orders = [sessionId, 'unknown'].map((id) => ({ ...abort, session_id: id }));
    controls.readAnswer({ control: orders, sessions: [] });
    other.begin();
    expect(() => one.begin()).toThrow(AgentExecutionStoppedError);
    controls.forget(sessionId);
    controls.of(sessionId).begin();
    expect(controls.waiting().ids.toSorted()).toEqual([sessionId, 'other'].toSorted());
  });

  test('says whether a session waits to be resumed', () => {
    const controls = new Controls(() => {});
    const pause = { session_id: sessionId, command_id: 'c', command: 'pause' };
    controls.of(sessionId);
    expect(controls.waiting().isPaused).toBe(false);
    const control = [{ ...pause, args: { max_seconds: 60 } }];
    controls.readAnswer({ control, sessions: [{ session_id: sessionId }] });
    expect(controls.waiting().isPaused).toBe(true);
  });
});

function thrownBy(work: () => void): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return null;
}
