import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import { array, assert, asyncProperty, constantFrom, integer, record } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decision, startSession, testing, tool } from '../index.ts';

/** One run of an agent: how it is started, where it waits, and what it starts in turn. */
const run = record({
  form: constantFrom('function' as const, 'using' as const),
  waits: array(constantFrom('turn' as const, 'timer' as const, 'promise' as const), {
    maxLength: 4,
  }),
  children: integer({ min: 0, max: 2 }),
});

interface Run {
  readonly form: 'function' | 'using';
  readonly waits: readonly ('turn' | 'timer' | 'promise')[];
  readonly children: number;
}

async function pause(kind: Run['waits'][number]): Promise<void> {
  if (kind === 'turn') await turn();
  else if (kind === 'timer') await sleep(1);
  else await Promise.resolve();
}

const step = tool('step', async (kind: Run['waits'][number], label: string) => {
  await pause(kind);
  decision(label);
});

/** Labels every event with the run that it belongs to. */
async function work(label: string, { waits, children }: Run): Promise<void> {
  for (const wait of waits) await step(wait, label);
  await Promise.all(
    Array.from({ length: children }, (_, at) =>
      startSession({ goal: `${label}.${at}` }, async () => {
        for (const wait of waits) await step(wait, `${label}.${at}`);
      }),
    ),
  );
  decision(label);
}

async function start(label: string, plan: Run): Promise<void> {
  if (plan.form === 'function') {
    await startSession({ goal: label }, () => work(label, plan));
    return;
  }
  await using session = await startSession({ goal: label });
  await work(label, plan);
  expect(session.isEnded).toBe(false);
}

describe('runs beside each other', () => {
  test('keep their events, parents and numbers apart, however they are interleaved', async () => {
    await assert(
      asyncProperty(array(run, { minLength: 1, maxLength: 6 }), async (plans) => {
        using captured = testing.capture();
        await Promise.all(plans.map((plan, at) => start(`run${at}`, plan)));
        const starts = captured.records.filter(({ kind }) => kind === 'session.start');
        const goals = new Map(starts.map((it) => [it['session_id'], it['goal'] as string]));
        const ids = new Map(starts.map((it) => [it['goal'] as string, it['session_id']]));
        for (const event of captured.events('decision')) {
          const { choice } = event['data'] as { choice: string };
          expect(goals.get(event['session_id'])).toBe(choice);
        }
        for (const { goal, parent_session_id: parent } of starts) {
          const [, outer] = /^(.*)\.\d+$/.exec(goal as string) ?? [];
          expect(parent).toBe(outer === undefined ? undefined : ids.get(outer));
        }
        for (const id of goals.keys()) {
          const events = captured.records.filter(
            (it) => it['session_id'] === id && it['seq'] !== undefined,
          );
          expect(events.map(({ seq }) => seq)).toEqual(events.map((_, at) => at + 1));
          const end = captured.records.find(
            (it) => it['session_id'] === id && it.kind === 'session.end',
          );
          expect(end?.['last_seq']).toBe(events.length);
        }
      }),
      { numRuns: 40 },
    );
  });

  test('make ids that rise', async () => {
    using captured = testing.capture();
    await startSession({}, (session) => {
      for (let at = 0; at < 5000; at += 1) session.event('log');
    });
    const ids = captured.events().map((event) => event['event_id'] as string);
    expect(ids).toEqual([...ids].sort());
    expect(new Set(ids).size).toBe(5000);
  });
});
