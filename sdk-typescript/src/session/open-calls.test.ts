import { describe, expect, test } from 'vitest';
import { OpenCalls, type OpenCall } from './open-calls.ts';

function callAt(startedTick: number): OpenCall & { announced: number } {
  return {
    startedTick,
    isAnnounced: false,
    announced: 0,
    announce() {
      this.announced += 1;
    },
  };
}

describe('OpenCalls', () => {
  test('announce a call once, when it is open for a second at a flush (E4)', () => {
    const open = new OpenCalls();
    const call = callAt(100);
    open.add(call);
    open.announceLong(1099);
    expect(call.announced).toBe(0);
    open.announceLong(1100);
    open.announceLong(5000);
    expect(call.announced).toBe(1);
    expect(call.isAnnounced).toBe(true);
  });

  test('never announce a call that ended before', () => {
    const open = new OpenCalls();
    const call = callAt(0);
    open.add(call);
    open.remove(call);
    open.announceLong(9000);
    expect(call.announced).toBe(0);
  });

  test('tell when the next is due', () => {
    const open = new OpenCalls();
    expect(open.nextDueMs(0)).toBe(null);
    open.add(callAt(100));
    open.add(callAt(50));
    expect(open.nextDueMs(200)).toBe(850);
    expect(open.nextDueMs(99_000)).toBe(0);
    open.announceLong(1060);
    expect(open.nextDueMs(1060)).toBe(40);
    open.announceLong(2000);
    expect(open.nextDueMs(2000)).toBe(null);
  });
});
