import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { reportMetrics, startSession, testing } from '../index.ts';

let captured: testing.Capture;

beforeEach(() => {
  vi.stubEnv('NIITAKA_ENV', '');
  vi.stubEnv('NIITAKA_STRICT', '');
  captured = testing.capture();
});

afterEach(() => {
  captured.stop();
  vi.unstubAllEnvs();
});

describe('Session.setMetrics()', () => {
  const metricsOf = () =>
    captured.records.filter(({ kind }) => kind === 'session.metrics').map(({ metrics }) => metrics);

  test('spells the reserved keys for the wire, and keeps own ones (S7)', async () => {
    await startSession({}, (session) => {
      session.setMetrics({ goalCompleted: true, score: 0.5, myKey: 3 });
      session.reportMetrics({ score: undefined, ok: false });
    });
    expect(metricsOf()).toEqual([{ goal_completed: true, score: 0.5, myKey: 3 }, { ok: false }]);
  });

  test('leaves bad values out with one warning, and counts them (S7)', async () => {
    await startSession({}, (session) => {
      session.setMetrics({ score: 2, 'bad key': 1, nan: Number.NaN, fine: 1 });
      session.setMetrics({ score: -1 });
    });
    expect(metricsOf()).toEqual([{ fine: 1 }]);
    expect(captured.records.at(-1)).toMatchObject({ omitted: { metrics_refused: 4 } });
    expect(captured.warnings).toEqual([
      'Metrics left out: score must be a number from 0 to 1: got 2; ' +
        'a metric\'s name must be 1 to 64 of a-z A-Z 0-9 _ . -: got "bad key"; ' +
        'nan must be a finite number, true or false: got NaN',
    ]);
  });

  test('a call beyond 10 own keys is refused whole (S7)', async () => {
    const eleven = Object.fromEntries(Array.from({ length: 11 }, (_, at) => [`k${at}`, at]));
    await startSession({}, (session) => session.setMetrics({ ...eleven, score: 1 }));
    expect(metricsOf()).toEqual([]);
    expect(captured.warnings).toEqual([
      'Metrics left out: at most 10 custom metrics: "k10" would be one more',
    ]);
  });

  test('own keys are counted over all calls of a session (S7)', async () => {
    const ten = Object.fromEntries(Array.from({ length: 10 }, (_, at) => [`k${at}`, at]));
    await startSession({}, (session) => {
      session.setMetrics({ first: 1 });
      session.setMetrics(ten);
      session.setMetrics({ first: 2, score: 1 });
    });
    expect(metricsOf()).toEqual([{ first: 1 }, { first: 2, score: 1 }]);
    expect(captured.warnings[0]).toContain('"k9" would be one more');
  });

  test('throws in strict mode (S7)', async () => {
    captured.stop();
    vi.stubEnv('NIITAKA_STRICT', '1');
    captured = testing.capture();
    const run = startSession({}, (session) => session.setMetrics({ score: 9 }));
    await expect(run).rejects.toThrow('score must be a number from 0 to 1: got 9');
  });
});

describe('reportMetrics()', () => {
  test('reports for a session that ran elsewhere, outside the ledger (S7)', () => {
    const id = '01890a5d-ac96-774b-bcce-b302099a8057';
    reportMetrics(id, { goalCompleted: false });
    expect(captured.records).toEqual([
      {
        kind: 'session.metrics',
        session_id: id,
        metrics: { goal_completed: false },
        recorded_at: expect.any(String) as string,
      },
    ]);
  });

  test('refuses bad values at the call (S7)', () => {
    const id = '01890a5d-ac96-774b-bcce-b302099a8057';
    expect(() => reportMetrics(id, { score: 3 })).toThrow('score must be');
    expect(() => reportMetrics('x', {})).toThrow('sessionId must be a UUID');
  });
});
