import { array, assert, nat, property, string } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { frameBodyLimit, frameHeaderBytes, frameRecord, scanFrames } from './segment-file.ts';

const texts = (chunk: Buffer) => scanFrames(chunk).bodies.map((body) => body.toString());

describe('frameRecord()', () => {
  test('writes u32 LE length, u32 LE CRC-32 of the body, body', () => {
    // CRC-32 of "123456789" is cbf43926, the check value of the algorithm.
    const frame = frameRecord('123456789');
    expect(frame.toString('hex')).toBe(
      `09000000${'2639f4cb'}${Buffer.from('123456789').toString('hex')}`,
    );
  });

  test('counts bytes, not characters', () => {
    const frame = frameRecord('"東京"');
    expect(frame.readUInt32LE(0)).toBe(8);
    expect(frame.length).toBe(frameHeaderBytes + 8);
  });
});

describe('scanFrames()', () => {
  test('reads back what was framed, whatever it is', () => {
    assert(
      property(array(string({ minLength: 1, unit: 'binary' })), (records) => {
        const chunk = Buffer.concat(records.map(frameRecord));
        expect(texts(chunk)).toEqual(records.map((text) => Buffer.from(text).toString()));
        expect(scanFrames(chunk).consumed).toBe(chunk.length);
      }),
    );
  });

  test('ignores a tail torn at any byte, and keeps every record before it', () => {
    assert(
      property(nat(60), (cut) => {
        const whole = Buffer.concat([frameRecord('{"a":1}'), frameRecord('{"b":2}')]);
        const first = frameRecord('{"a":1}').length;
        const scan = scanFrames(whole.subarray(0, Math.min(cut, whole.length)));
        const wanted =
          cut >= whole.length ? ['{"a":1}', '{"b":2}'] : cut >= first ? ['{"a":1}'] : [];
        expect(scan.bodies.map(String)).toEqual(wanted);
        expect(scan.damaged).toBe(false);
      }),
    );
  });

  test('passes over a record whose checksum does not hold', () => {
    const chunk = Buffer.concat(['{"a":1}', '{"b":2}', '{"c":3}'].map(frameRecord));
    chunk[frameHeaderBytes + 7 + frameHeaderBytes + 3] = 0x21;
    expect(texts(chunk)).toEqual(['{"a":1}', '{"c":3}']);
  });

  test('stops at the zeros that a power cut leaves', () => {
    const chunk = Buffer.concat([frameRecord('{"a":1}'), Buffer.alloc(4096)]);
    const scan = scanFrames(chunk);
    expect(scan.bodies.map(String)).toEqual(['{"a":1}']);
    expect(scan.damaged).toBe(true);
    expect(scan.consumed).toBe(15);
  });

  test('stops at a length that no record has', () => {
    const chunk = Buffer.alloc(16, 0xff);
    expect(scanFrames(chunk)).toEqual({ bodies: [], consumed: 0, damaged: true });
    expect(frameBodyLimit).toBe(4 * 1024 * 1024);
  });

  test('finds nothing in nothing', () => {
    expect(scanFrames(Buffer.alloc(0))).toEqual({ bodies: [], consumed: 0, damaged: false });
  });
});
