import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { closeLedger, emptyLedger, ledgerFigures, recordSeqs } from './sender-ledger.ts';

describe('ledgerFigures()', () => {
  test('of a sender nothing is known of are zero, and it is open (D1)', () => {
    expect(ledgerFigures(emptyLedger)).toEqual({
      expected: 0,
      received: 0,
      refused: 0,
      missing: 0,
      dropped: 0,
      open: true,
    });
  });

  test('count a hole below the highest number as missing (D1)', () => {
    const ledger = recordSeqs(emptyLedger, [1, 2, 5], []);
    expect(ledgerFigures(ledger)).toMatchObject({ expected: 5, received: 3, missing: 2 });
  });

  test('expect the last number of the close when it is higher than any seen (D1)', () => {
    const ledger = closeLedger(recordSeqs(emptyLedger, [1, 2], []), 6, { queue_full: 1 }, {});
    expect(ledgerFigures(ledger)).toEqual({
      expected: 6,
      received: 2,
      refused: 0,
      missing: 3,
      dropped: 1,
      open: false,
    });
  });

  test('a number above the close opens the sender again (D1)', () => {
    const closed = closeLedger(recordSeqs(emptyLedger, [1, 2], []), 2, {}, {});
    expect(ledgerFigures(closed).open).toBe(false);
    expect(ledgerFigures(recordSeqs(closed, [3], [])).open).toBe(true);
    expect(ledgerFigures(recordSeqs(closed, [2], [])).open).toBe(false);
  });

  test('a refused number that is stored later counts as received alone (D1)', () => {
    const refused = recordSeqs(emptyLedger, [1], [2]);
    expect(ledgerFigures(refused)).toMatchObject({ received: 1, refused: 1, missing: 0 });
    expect(ledgerFigures(recordSeqs(refused, [2], []))).toMatchObject({ received: 2, refused: 0 });
  });

  test('missing is never below zero, whatever a sender claims to have dropped (D1)', () => {
    const ledger = closeLedger(recordSeqs(emptyLedger, [1, 2], []), 2, { disk_full: 90 }, {});
    expect(ledgerFigures(ledger)).toMatchObject({ expected: 2, missing: 0, dropped: 90 });
  });

  test('omitted stands outside the sums (D1)', () => {
    const ledger = closeLedger(recordSeqs(emptyLedger, [1], []), 1, {}, { metrics_refused: 4 });
    expect(ledgerFigures(ledger)).toMatchObject({ expected: 1, dropped: 0, missing: 0 });
    expect(ledger.omitted).toEqual({ metrics_refused: 4 });
  });
});

describe('closeLedger()', () => {
  test('again: per figure the greatest holds (D1)', () => {
    const first = closeLedger(emptyLedger, 7, { a: 2, b: 1 }, { x: 1 });
    const second = closeLedger(first, 5, { a: 1, b: 3, c: 1 }, { x: 2 });
    expect(second).toMatchObject({
      closedLastSeq: 7,
      droppedBy: { a: 2, b: 3, c: 1 },
      omitted: { x: 2 },
    });
  });

  test('says the same in any order and however often (D1)', () => {
    const count = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.nat(9));
    const close = fc.record({ lastSeq: fc.nat(20), dropped: count, omitted: count });
    fc.assert(
      fc.property(fc.array(close, { minLength: 1, maxLength: 6 }), (closes) => {
        const apply = (all: typeof closes) =>
          all.reduce(
            (ledger, { lastSeq, dropped, omitted }) =>
              closeLedger(ledger, lastSeq, dropped, omitted),
            emptyLedger,
          );
        const figures = ledgerFigures(apply(closes));
        expect(ledgerFigures(apply(closes.toReversed()))).toEqual(figures);
        expect(ledgerFigures(apply([...closes, ...closes]))).toEqual(figures);
      }),
    );
  });
});

describe('recordSeqs()', () => {
  test('counts a reason that every object inherits (D1)', () => {
    const odd = JSON.parse('{"constructor":3,"__proto__":1,"toString":1}') as Record<
      string,
      number
    >;
    const once = closeLedger(emptyLedger, 5, odd, odd);
    const twice = closeLedger(once, 5, odd, odd);
    expect(ledgerFigures(twice)).toMatchObject({ dropped: 5, missing: 0 });
    expect(JSON.stringify(twice.droppedBy)).toBe(JSON.stringify(odd));
    expect(JSON.stringify(twice.omitted)).toBe(JSON.stringify(odd));
  });

  test('gives the same figures in any order, duplication and split (D1)', () => {
    const seq = fc.integer({ min: 1, max: 40 });
    const step = fc.record({ stored: fc.array(seq), refused: fc.array(seq) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 6 }), (steps) => {
        const apply = (all: typeof steps) =>
          ledgerFigures(
            all.reduce(
              (ledger, { stored, refused }) => recordSeqs(ledger, stored, refused),
              emptyLedger,
            ),
          );
        const stored = new Set(steps.flatMap((one) => one.stored));
        const refused = new Set(steps.flatMap((one) => one.refused).filter((n) => !stored.has(n)));
        const expected = Math.max(0, ...stored, ...refused);
        const figures = {
          expected,
          received: stored.size,
          refused: refused.size,
          missing: expected - stored.size - refused.size,
          dropped: 0,
          open: true,
        };
        expect(apply(steps)).toEqual(figures);
        expect(apply(steps.toReversed())).toEqual(figures);
        expect(apply([...steps, ...steps])).toEqual(figures);
      }),
    );
  });
});
