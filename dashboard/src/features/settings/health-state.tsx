import type { HealthReport } from '@niitaka/protocol/server-state.ts';
import { Tag } from '../../components/tag.tsx';
import { TimeAgo } from '../../components/time-text.tsx';

export interface HealthStateProps {
  readonly problems: readonly string[];
  readonly report: HealthReport;
}

/** One line that says whether all is well, and else what is not. */
export function HealthState({ problems, report }: HealthStateProps) {
  const isDown = !report.storage.ok;
  return (
    <section aria-label="State" className="rounded-lg border border-line bg-surface px-3 py-2.5">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <Tag tone={isDown ? 'rust' : problems.length > 0 ? 'gold' : 'accent'}>
          {isDown ? 'Down' : problems.length > 0 ? 'Look' : 'Well'}
        </Tag>
        <span className="font-semibold">
          {problems.length === 0 ? 'The server keeps up, and its storage answers' : problems[0]}
        </span>
        <span className="text-sm text-muted sm:ml-auto">
          {report.storage.engine === 'postgres' && 'The process that answered: '}
          version {report.version}, started <TimeAgo at={report.started_at} />
        </span>
      </div>
      {problems.length > 1 && (
        <ul className="mt-1.5 list-disc pl-5">
          {problems.slice(1).map((problem) => (
            <li key={problem}>{problem}</li>
          ))}
        </ul>
      )}
    </section>
  );
}
