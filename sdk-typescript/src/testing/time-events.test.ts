import { afterEach, expect, test, vi } from 'vitest';
import { scanFrames } from '../spool/segment-file.ts';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { segmentsUnder, tempFolder } from './temp-folder.ts';
import { timeEvents } from './time-events.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

test('timeEvents() times one call per event, each of them on disk', async () => {
  const state = tempFolder();
  vi.stubEnv('XDG_STATE_HOME', state);
  const took = await timeEvents(1000);
  expect(took.length).toBe(1000);
  expect(took.every((microseconds) => microseconds > 0)).toBe(true);
  const bodies = segmentsUnder(state).flatMap(
    (name) => scanFrames(readFileSync(join(state, name))).bodies,
  );
  expect(bodies.filter((body) => body.includes('"kind":"event"')).length).toBe(1000);
});
