import { History, X } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { Button } from '../../../components/button.tsx';
import { messageOf } from '../../../components/error-state.tsx';
import { Segments } from '../../../components/segments.tsx';
import { formatCount } from '../../../lib/format-count.ts';
import type { ReadForm } from '../editor/read-form.ts';
import { DryRunResultView } from './dry-run-result.tsx';
import type { DryRunProgress } from '@niitaka/protocol/policy-dry-run.ts';
import { useDryRun } from './use-dry-run.ts';

const ranges = [
  { value: '1', label: '24 h' },
  { value: '7', label: '7 d' },
  { value: '30', label: '30 d' },
] as const;

/** What the policy in the editor would have done to sessions that were: asked before it is enabled (P9). */
export function DryRun({ read }: { readonly read: ReadForm }) {
  const [days, setDays] = useState<(typeof ranges)[number]['value']>('7');
  const { state, start, cancel } = useDryRun();
  const section = useRef<HTMLElement>(null);
  // What comes stands under the button: on a phone that is out of sight.
  useEffect(() => {
    if (state.kind !== 'none') section.current?.scrollIntoView({ block: 'nearest' });
  }, [state.kind]);
  const isRunning = state.kind === 'running';
  const isOld =
    state.kind === 'done' &&
    (!read.ok ||
      JSON.stringify([read.body, Number(days)]) !==
        JSON.stringify([state.asked.policy, state.asked.days]));
  return (
    <section ref={section} aria-label="Dry run" className="col-span-full">
      <div className="flex flex-wrap items-center gap-2">
        <h3 className="flex-1 text-sm text-muted">
          Dry run: what it would have done to sessions that were
        </h3>
        <Segments label="Range of the dry run" value={days} items={ranges} onChange={setDays} />
        {isRunning ? (
          <Button onClick={cancel}>
            <X size={14} strokeWidth={1.6} aria-hidden="true" /> Cancel the run
          </Button>
        ) : (
          <Button
            disabled={!read.ok}
            onClick={() => read.ok && void start({ policy: read.body, days: Number(days) })}
          >
            <History size={14} strokeWidth={1.6} aria-hidden="true" /> Run it on history
          </Button>
        )}
      </div>
      {isRunning && <Progress progress={state.progress} />}
      {state.kind === 'failed' && (
        <p role="alert" className="mt-2 text-rust">
          {messageOf(state.error)}
        </p>
      )}
      {state.kind === 'done' && (
        <DryRunResultView
          result={state.result}
          days={state.asked.days}
          isCost={state.asked.policy.type === 'cost_limit'}
          isOld={isOld}
        />
      )}
    </section>
  );
}

function Progress({ progress }: { readonly progress: DryRunProgress | null }) {
  const done = progress?.sessions_done ?? 0;
  const total = progress?.sessions_total ?? 0;
  return (
    <div className="mt-2.5">
      <progress
        aria-label="Sessions replayed"
        value={total === 0 ? undefined : done}
        max={total === 0 ? undefined : total}
        className="progress-line block h-1.5 w-full"
      />
      <p className="mt-1 text-sm text-muted">
        {progress === null
          ? 'Counting the sessions …'
          : `${formatCount(done)} of ${formatCount(total)} sessions replayed`}
      </p>
    </div>
  );
}
