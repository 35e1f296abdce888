import type { AgentDetail } from '@niitaka/protocol/agent.ts';
import { formatCount } from '../../../lib/format-count.ts';
import { formatDuration } from '../../../lib/format-duration.ts';
import { formatNanoUsd } from '../../../lib/format-money.ts';
import { errorRate } from '../error-rate.ts';
import {
  costText,
  durationText,
  errorRateText,
  percentText,
  stepsText,
  type FigureText,
} from '../figure-texts.ts';

/** One figure of an agent over the range, and in each part of it. */
export interface SeriesTile {
  readonly id: 'sessions' | 'cost' | 'errors' | 'steps' | 'duration';
  readonly label: string;
  readonly figure: FigureText;
  /** What is drawn; null where there was no session. */
  readonly values: readonly (number | null)[];
  /** The same in words. */
  readonly texts: readonly string[];
}

/** The figures of an agent's page, each over time. */
export function seriesTiles(agent: AgentDetail): SeriesTile[] {
  const { series } = agent;
  const ran = series.sessions.map((count) => count > 0);
  const costs = series.cost_nano_usd.map((nano, index) =>
    ran[index] === true ? Number(nano) / 1e9 : null,
  );
  const rates = series.sessions.map((sessions, index) =>
    errorRate({ sessions, with_errors: series.with_errors[index] ?? 0 }),
  );
  return [
    {
      id: 'sessions',
      label: 'Sessions',
      figure: { text: formatCount(agent.sessions), tone: toneOf(agent.sessions), caution: null },
      values: series.sessions,
      texts: series.sessions.map(formatCount),
    },
    {
      id: 'cost',
      label: 'Cost',
      figure: costText(agent),
      values: costs,
      texts: series.cost_nano_usd.map((nano, index) =>
        ran[index] === true ? formatNanoUsd(nano) : none,
      ),
    },
    {
      id: 'errors',
      label: 'Error rate',
      figure: errorRateText(agent),
      values: rates,
      texts: rates.map((rate) => (rate === null ? none : percentText(rate))),
    },
    {
      id: 'steps',
      label: 'Average steps',
      figure: stepsText(agent),
      values: series.steps_average,
      texts: series.steps_average.map((steps) => stepsText({ steps_average: steps }).text),
    },
    {
      id: 'duration',
      label: 'p95 duration',
      figure: durationText(agent),
      values: series.duration_p95_ms,
      texts: series.duration_p95_ms.map((ms) => (ms === null ? none : formatDuration(ms))),
    },
  ];
}

const none = '–';

function toneOf(count: number): FigureText['tone'] {
  return count === 0 ? 'faint' : 'plain';
}
