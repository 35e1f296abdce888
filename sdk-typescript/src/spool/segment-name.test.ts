import { describe, expect, test } from 'vitest';
import { parseSegmentName, segmentName } from './segment-name.ts';

const owner = {
  bootId: '2d1e9a0c7f3b4c5d8e9f0a1b2c3d4e5f',
  namespace: '4026531836',
  pid: 4711,
  startTicks: '987654',
  thread: 3,
};
const uuid = '0b7c1a52-6a3d-4c47-9d53-5f0b3c1c9c11';
const name = `2d1e9a0c7f3b4c5d8e9f0a1b2c3d4e5f_4026531836_4711_987654_3_${uuid}.seg`;

describe('segmentName()', () => {
  test('joins boot id, namespace, pid, start ticks, thread and uuid', () => {
    expect(segmentName(owner, uuid)).toBe(name);
  });
});

describe('parseSegmentName()', () => {
  test('reads its own names back', () => {
    expect(parseSegmentName(name)).toEqual(owner);
  });

  test('reads the name of a writer that knows neither boot nor namespace', () => {
    expect(parseSegmentName(`0_0_12_0_0_${uuid}.seg`)).toEqual({
      bootId: '0',
      namespace: '0',
      pid: 12,
      startTicks: '0',
      thread: 0,
    });
  });

  test.each([
    '',
    'notes.txt',
    `${name}.tmp`,
    name.replace('.seg', ''),
    name.replace('_3_', '_'),
    name.replace('4711', 'x'),
    name.replace('2d1e', '2D1E'),
    `../${name}`,
  ])('takes no other name: %s', (other) => {
    expect(parseSegmentName(other)).toBe(null);
  });
});
