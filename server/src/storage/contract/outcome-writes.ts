import type { ControlCommand } from '@niitaka/core/control/control-command.ts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SignalRow, TraceRow } from '../session-tx.ts';
import { contractOrgs, id, noExtras, sessionOf, type WriteEngine } from './write-rows.ts';

const [org, otherOrg] = contractOrgs;

const signal: SignalRow = {
  id: id(50),
  subjectId: id(1),
  sessionId: id(1),
  type: 'guardrail',
  subtype: 'cost_limit',
  action: 'abort',
  severity: 'critical',
  agentId: 'router',
  policyId: 'p1',
  eventId: id(10),
  message: 'spent 5 USD of 4',
  data: '{"spent":"\\u0000"}',
  occurredAtMs: 1_000,
};

const trace: TraceRow = {
  id: id(60),
  sessionId: id(1),
  eventId: id(10),
  policyId: 'p1',
  policyRevision: 3,
  action: 'abort',
  inputs: '{"cost":5}',
  considered: '[]',
  errors: '[]',
  decidedBy: 'sdk',
  enforced: false,
  latencyUs: 12.5,
  occurredAtMs: 1_000,
};

/** What every engine does with signals, traces, and what is kept for a time only. */
export function outcomeWritesContract(open: () => Promise<WriteEngine>): void {
  let engine: WriteEngine;
  beforeEach(async () => {
    engine = await open();
    await engine.write((tx) => tx.insertSession(org, sessionOf(1), noExtras));
  });
  afterEach(() => engine.close());

  describe('signals', () => {
    test('insertSignals() says per row what is new, also within one call (G1)', async () => {
      await engine.write(async (tx) => {
        const other = { ...signal, id: id(51), data: null, eventId: null, policyId: null };
        expect(await tx.insertSignals(org, [signal, signal, other])).toEqual([true, false, true]);
        expect(await tx.insertSignals(org, [signal])).toEqual([false]);
      });
    });

    test('one id about two subjects, or in two organisations, is two signals (O1)', async () => {
      await engine.write(async (tx) => {
        await tx.insertSignals(org, [signal]);
        const ofOrganisation = { ...signal, subjectId: org, sessionId: null };
        expect(await tx.insertSignals(org, [ofOrganisation])).toEqual([true]);
        expect(await tx.insertSignals(otherOrg, [signal])).toEqual([true]);
      });
    });

    test('lastGuardrails() dates the last of each subject, policy and action (P2, O1)', async () => {
      await engine.write(async (tx) => {
        const later = { ...signal, id: id(51), occurredAtMs: 3_000 };
        const earlier = { ...signal, id: id(52), occurredAtMs: 2_000 };
        const ofDay = { ...signal, id: id(53), subjectId: org, sessionId: null, action: 'warn' };
        const acted = { ...signal, id: id(54), type: 'policy', policyId: 'p2' };
        await tx.insertSignals(org, [signal, later, earlier, ofDay, acted]);
        const key = { subjectId: id(1), policyId: 'p1', action: 'abort' } as const;
        const keys = [
          { ...key, policyId: 'p2' },
          key,
          { ...key, action: 'warn' as const },
          { ...key, subjectId: org, action: 'warn' as const },
          key,
        ];
        expect(await tx.lastGuardrails(org, keys)).toEqual([null, 3_000, null, 1_000, 3_000]);
        expect(await tx.lastGuardrails(otherOrg, [key])).toEqual([null]);
        expect(await tx.lastGuardrails(org, [])).toEqual([]);
      });
    });

    test('a signal of a transaction that failed is new again', async () => {
      await engine.writeAndFail((tx) => tx.insertSignals(org, [signal]));
      expect(await engine.write((tx) => tx.insertSignals(org, [signal]))).toEqual([true]);
    });
  });

  describe('commands', () => {
    const command: ControlCommand = {
      id: id(70),
      sessionId: id(1),
      command: 'limit',
      args: { cost_usd: 0.5, steps: 10 },
      scope: 'tree',
      requestedBy: 'Ada',
      requestedAtMs: 5_000,
      deliveredAtMs: null,
      obeyedAtMs: null,
      refusedAtMs: null,
      refusedReason: null,
    };

    test('commandsOf() gives a session’s commands whole, oldest first (G3, O1)', async () => {
      await engine.write(async (tx) => {
        expect(await tx.commandsOf(org, id(1))).toEqual([]);
        const later = { ...command, id: id(69), requestedAtMs: 6_000 };
        await tx.insertCommands(org, [later, command, { ...command, sessionId: id(2) }]);
        expect(await tx.commandsOf(org, id(1))).toEqual([command, later]);
        expect(await tx.commandsOf(otherOrg, id(1))).toEqual([]);
      });
    });

    test('openCommands() leaves out what was obeyed or refused (G3)', async () => {
      await engine.write(async (tx) => {
        const others = [71, 72, 73].map((number) => ({ ...command, id: id(number) }));
        await tx.insertCommands(org, [command, ...others]);
        const [delivered, obeyed, refused] = others;
        const states = [
          { ...delivered, deliveredAtMs: 7 },
          { ...obeyed, deliveredAtMs: 7, obeyedAtMs: 8 },
          { ...refused, deliveredAtMs: 7, refusedAtMs: 8, refusedReason: 'no such model' },
        ] as ControlCommand[];
        for (const state of states) await tx.saveCommand(org, state);
        expect(await tx.openCommands(org, [id(2), id(1)])).toEqual([command, states[0]]);
        expect((await tx.commandsOf(org, id(1))).slice(1)).toEqual(states);
        expect(await tx.openCommands(org, [])).toEqual([]);
      });
    });

    test('runningBelow() walks every level, and says when there are too many (G3, S9)', async () => {
      await engine.write(async (tx) => {
        const below = (number: number, parent: number, status: 'running' | 'done' = 'running') =>
          tx.insertSession(
            org,
            sessionOf(number, { parentSessionId: id(parent), rootSessionId: id(1), status }),
            noExtras,
          );
        await below(2, 1);
        await below(3, 2, 'done');
        await below(4, 3);
        const all = await tx.runningBelow(org, id(1), 10);
        expect({ ...all, ids: all.ids.toSorted() }).toEqual({ ids: [id(2), id(4)], isCut: false });
        expect(await tx.runningBelow(org, id(1), 2)).toMatchObject({ isCut: true });
        expect(await tx.runningBelow(otherOrg, id(1), 10)).toEqual({ ids: [], isCut: false });
      });
    });
  });

  describe('traces', () => {
    test('insertTraces() says per row what is new (P7)', async () => {
      await engine.write(async (tx) => {
        const other = { ...trace, id: id(61), policyRevision: null, latencyUs: null };
        expect(await tx.insertTraces(org, [trace, trace, other])).toEqual([true, false, true]);
        expect(await tx.insertTraces(otherOrg, [trace])).toEqual([true]);
      });
    });

    test('a known trace gathers who decided, and stays known (P7)', async () => {
      const server = { ...trace, decidedBy: 'server', enforced: true };
      for (const row of [trace, server, server, trace]) {
        await engine.write((tx) => tx.insertTraces(org, [row]));
      }
      expect(await engine.write((tx) => tx.insertTraces(org, [trace]))).toEqual([false]);
    });
  });

  describe('what is seen', () => {
    test('agents and environments may be touched again and again (A1, S10)', async () => {
      for (const at of [2_000, 1_000, 3_000]) {
        await engine.write(async (tx) => {
          await tx.touchAgents(org, [{ agentId: 'router', startedAtMs: at }], at);
          await tx.touchEnvironments(org, ['production', 'staging', 'production'], at);
        });
      }
    });
  });

  describe('forgetExpired()', () => {
    const never = {
      deletionChangesMs: 0,
      deletedSessionsMs: 0,
      lostRecordsMs: 0,
      budgetLeasesMs: 0,
    };

    test('forgets each kind by its own time, and counts what went', async () => {
      await engine.write(async (tx) => {
        const [stored] = (await tx.loadSessions(org, [id(1)])).values();
        if (stored === undefined) throw new Error('the session is not there');
        await tx.recordChanges(org, [{ kind: 'session', id: id(1) }], 1_000);
        await tx.deleteSessions(org, [stored], 1_000);
        await tx.recordChanges(org, [{ kind: 'deleted', id: id(1) }], 1_000);
        await tx.noteLost(org, id(900), { disk_full: 2 }, 1_000);
        expect(await tx.forgetExpired(never, 10)).toBe(0);
        expect(await tx.forgetExpired({ ...never, deletionChangesMs: 1_001 }, 10)).toBe(1);
        expect(await tx.deletedAmong(org, [id(1)])).toEqual(new Set([id(1)]));
        expect(await tx.forgetExpired({ ...never, deletedSessionsMs: 1_001 }, 10)).toBe(1);
        expect(await tx.deletedAmong(org, [id(1)])).toEqual(new Set());
        expect(await tx.forgetExpired({ ...never, lostRecordsMs: 1_001 }, 10)).toBe(1);
      });
    });

    test('forgets no more than asked for', async () => {
      const counts = { a: 1, b: 2, c: 3 };
      await engine.write(async (tx) => {
        await tx.noteLost(org, id(900), counts, 1_000);
        expect(await tx.forgetExpired({ ...never, lostRecordsMs: 2_000 }, 2)).toBe(2);
        expect(await tx.forgetExpired({ ...never, lostRecordsMs: 2_000 }, 2)).toBe(1);
      });
    });

    test('leaves the changes of sessions and signals for ever', async () => {
      await engine.write(async (tx) => {
        await tx.recordChanges(
          org,
          [
            { kind: 'session', id: id(1) },
            { kind: 'signal', id: id(50) },
          ],
          1_000,
        );
        const all = {
          deletionChangesMs: 9_000,
          deletedSessionsMs: 9_000,
          lostRecordsMs: 9_000,
          budgetLeasesMs: 9_000,
        };
        expect(await tx.forgetExpired(all, 10)).toBe(0);
      });
    });
  });
}
