import type { HealthReport } from '@niitaka/protocol/server-state.ts';
import { CautionMark } from '../../components/caution-mark.tsx';
import { classNames } from '../../components/class-names.ts';
import { healthFacts } from './health-texts.ts';

/** The figures of the server, side by side. */
export function HealthFacts({ report }: { readonly report: HealthReport }) {
  return (
    <section aria-label="Figures" className="overflow-hidden rounded-lg border border-line">
      <dl className="grid grid-cols-3 gap-px bg-line2 max-lg:grid-cols-2">
        {healthFacts(report).map(({ label, value, note, caution }) => (
          <div key={label} className="bg-surface px-3 py-2.5">
            <dt className="text-sm text-muted">{label}</dt>
            <dd
              className={classNames(
                'text-title tabular-nums',
                caution ? 'text-gold' : value === '0' && 'text-faint',
              )}
            >
              {value} {caution && <CautionMark why="Worth a look" />}
            </dd>
            <dd className="text-sm break-words text-muted">{note}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
