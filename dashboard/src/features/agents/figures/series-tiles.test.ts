import type { AgentDetail } from '@niitaka/protocol/agent.ts';
import { expect, test } from 'vitest';
import { figuresFixture } from '../agent-fixture.ts';
import { seriesTiles } from './series-tiles.ts';

const agent = {
  ...figuresFixture(),
  series: {
    bucket_ms: 3_600_000,
    starts: ['2026-11-20T10:00:00.000Z', '2026-11-20T11:00:00.000Z', '2026-11-20T12:00:00.000Z'],
    sessions: [1_200, 0, 4],
    with_errors: [12, 0, 0],
    cost_nano_usd: ['12380000000', '0', '4200000'],
    steps_average: [8.125, null, 1],
    duration_p95_ms: [192_000, null, 850],
  },
} as unknown as AgentDetail;

test('seriesTiles() tells each figure over the range and in each part of it', () => {
  const told = seriesTiles(agent).map(({ label, figure, texts }) => [label, figure.text, texts]);
  expect(told).toEqual([
    ['Sessions', '100', ['1,200', '0', '4']],
    ['Cost', '$12.38', ['$12.38', '–', '$0.0042']],
    ['Error rate', '2.0 %', ['1.0 %', '–', '0 %']],
    ['Average steps', '8.1', ['8.1', '–', '1.0']],
    ['p95 duration', '12.4 s', ['3 m 12 s', '–', '850 ms']],
  ]);
});

test('seriesTiles() draws nothing where no session was', () => {
  const values = Object.fromEntries(seriesTiles(agent).map(({ id, values: of }) => [id, of]));
  expect(values).toEqual({
    sessions: [1_200, 0, 4],
    cost: [12.38, null, 0.0042],
    errors: [0.01, null, 0],
    steps: [8.125, null, 1],
    duration: [192_000, null, 850],
  });
});
