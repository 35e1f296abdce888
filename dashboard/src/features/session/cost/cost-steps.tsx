import type { SessionCost } from '@niitaka/protocol/session.ts';
import { useMemo, useState } from 'react';
import { Segments } from '../../../components/segments.tsx';
import { formatNoun } from '../../../lib/format-count.ts';
import { formatUsd } from '../../../lib/format-money.ts';
import { formatUtc } from '../../../lib/format-time.ts';
import { Heading } from '../heading.tsx';
import { costColumns, type CostColumn, type CostStep } from './cost-chart.ts';

export interface CostStepsProps {
  readonly cost: SessionCost;
  readonly onOpen: (eventId: string) => void;
}

const COLUMNS = 120;
const TABLE_ROWS = 500;
/** The API names no more steps than this. */
const STEPS_READ = 2_000;

/** Cost by step over time, as columns or as a table. */
export function CostSteps({ cost, onOpen }: CostStepsProps) {
  const [view, setView] = useState<'chart' | 'table'>('chart');
  const steps = useMemo(() => cost.steps.map(toStep), [cost.steps]);
  return (
    <section>
      <div className="mb-2 flex items-center justify-between gap-3">
        <Heading>Cost by step over time</Heading>
        <Segments
          label="Show as"
          value={view}
          onChange={setView}
          items={[
            { value: 'chart', label: 'Chart' },
            { value: 'table', label: 'Table' },
          ]}
        />
      </div>
      {view === 'chart' ? (
        <Chart steps={steps} onOpen={onOpen} />
      ) : (
        <StepTable steps={steps} onOpen={onOpen} />
      )}
    </section>
  );
}

function toStep(step: SessionCost['steps'][number]): CostStep {
  return {
    eventId: step.event_id,
    atMs: Date.parse(step.at),
    model: step.model,
    costUsd: step.cost,
  };
}

interface StepsProps {
  readonly steps: readonly CostStep[];
  readonly onOpen: (eventId: string) => void;
}

function Chart({ steps, onOpen }: StepsProps) {
  const columns = useMemo(() => costColumns(steps, COLUMNS), [steps]);
  const [at, setAt] = useState<CostColumn | null>(null);
  const most = Math.max(...columns.map((column) => column.costUsd), Number.MIN_VALUE);
  const spent = columns.at(-1)?.spentUsd ?? 0;
  const line = columns
    .map((column, index) => {
      const y = 100 - (column.spentUsd / Math.max(spent, Number.MIN_VALUE)) * 100;
      return `${index === 0 ? 'M' : 'L'}${index + 0.5} ${y.toFixed(2)}`;
    })
    .join('');
  return (
    <figure>
      <div
        className="relative flex h-28 items-end gap-px border-b border-line"
        onPointerLeave={() => setAt(null)}
      >
        {columns.map((column) => (
          <button
            key={column.dearest.eventId}
            type="button"
            tabIndex={-1}
            aria-hidden="true"
            onPointerEnter={() => setAt(column)}
            onClick={() => onOpen(column.dearest.eventId)}
            className="group flex h-full max-w-6 min-w-px flex-1 items-end"
          >
            <span
              className="block w-full rounded-t-[2px] bg-llm/70 group-hover:bg-llm"
              style={{ height: `max(1px, ${(column.costUsd / most) * 100}%)` }}
            />
          </button>
        ))}
        {columns.length > 1 && (
          <svg
            aria-hidden="true"
            viewBox={`0 0 ${columns.length} 100`}
            preserveAspectRatio="none"
            className="pointer-events-none absolute inset-y-0 left-0 h-full"
            style={{ width: `min(100%, ${columns.length * 25}px)` }}
          >
            <path
              d={line}
              className="fill-none stroke-muted"
              strokeWidth="1.5"
              vectorEffect="non-scaling-stroke"
            />
          </svg>
        )}
      </div>
      <figcaption className="mt-1 min-h-[18px] text-sm text-muted">
        {at === null
          ? `${steps.length >= STEPS_READ ? 'The first ' : ''}${formatNoun(steps.length, 'priced call')}, columns by cost, the line what had been spent: ${formatUsd(spent)}`
          : `${at.dearest.model ?? 'no model'}: ${formatUsd(at.costUsd)}${at.calls > 1 ? ` in ${at.calls} calls` : ''}, ${formatUsd(at.spentUsd)} spent by then`}
      </figcaption>
    </figure>
  );
}

function StepTable({ steps, onOpen }: StepsProps) {
  return (
    <div className="max-h-72 overflow-y-auto">
      <table className="w-full text-sm">
        <thead className="text-left text-xs text-muted">
          <tr>
            <th scope="col" className="py-1 font-medium">
              At
            </th>
            <th scope="col" className="py-1 font-medium">
              Model
            </th>
            <th scope="col" className="py-1 text-right font-medium">
              Cost
            </th>
          </tr>
        </thead>
        <tbody>
          {steps.slice(0, TABLE_ROWS).map((step) => (
            <tr key={step.eventId} className="border-t border-line2">
              <td className="py-1">
                <button
                  type="button"
                  onClick={() => onOpen(step.eventId)}
                  className="underline-offset-4 hover:underline"
                >
                  {formatUtc(step.atMs)}
                </button>
              </td>
              <td className="py-1">{step.model ?? 'no model'}</td>
              <td className="py-1 text-right">{formatUsd(step.costUsd)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {steps.length > TABLE_ROWS && (
        <p className="py-1 text-sm text-muted">
          The first {TABLE_ROWS} of {steps.length} calls.
        </p>
      )}
    </div>
  );
}
