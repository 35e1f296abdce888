import { describe, expect, test } from 'vitest';
import { EventDecoder } from './event-decoder.ts';

function decode(...parts: readonly unknown[]): unknown[] {
  const told: unknown[] = [];
  const decoder = new EventDecoder((data) => told.push(data));
  for (const part of parts) decoder.add(part);
  return told;
}
const bytes = (text: string) => new TextEncoder().encode(text);

describe('EventDecoder.add()', () => {
  test('tells each event once it is whole, however the bytes are cut', () => {
    const all = bytes(
      'event: a\ndata: {"a":"é"}\n\n: ping\n\ndata: {"b":2}\r\n\r\ndata: [DONE]\n\n',
    );
    const wanted = [{ a: 'é' }, { b: 2 }];
    expect(decode(all)).toEqual(wanted);
    expect(decode(...Array.from(all, (byte) => Uint8Array.of(byte)))).toEqual(wanted);
    expect(decode(all.buffer)).toEqual(wanted);
  });

  test('takes whole texts, and data of several lines', () => {
    expect(decode('data: {"a":\ndata: 1}')).toEqual([{ a: 1 }]);
  });

  test('passes over what it cannot read', () => {
    expect(decode(7, null, bytes('data: {"a"\n\ndata: 1\n\n'))).toEqual([1]);
  });
});
