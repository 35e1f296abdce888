import type { SessionDetail } from '@niitaka/protocol/session.ts';
import { useQuery } from '@tanstack/react-query';
import { ShieldAlert } from 'lucide-react';
import { classNames } from '../../../components/class-names.ts';
import { policiesQuery } from '../../../lib/api/policies-query.ts';
import { signalsQuery, tracesQuery } from '../api/session-queries.ts';
import { useSessionSearch } from '../session-search.ts';
import { bannerDecisions } from './banner-decisions.ts';
import { policyPhrase } from './decision-text.ts';
import { useDecidedLimits } from './use-decided-limits.ts';

/** On top of the timeline: the decision that shaped this run, as a sentence. */
export function DecisionBanner({ session }: { readonly session: SessionDetail }) {
  const asked = session.trace_count > 0;
  const traces = useQuery({ ...tracesQuery(session.id), enabled: asked }).data?.items ?? [];
  const signals = useQuery({ ...signalsQuery(session.id), enabled: asked });
  const policies = useQuery({ ...policiesQuery, enabled: asked });
  const { limits, isPending } = useDecidedLimits(traces);
  const [, setSearch] = useSessionSearch();
  const banner = bannerDecisions(traces, signals.data?.items ?? [], limits);
  // The sentence waits for thresholds and names: it must not change while it is read.
  if (banner === null || signals.isPending || policies.isPending || isPending) return null;
  const { main, before } = banner;
  const policy = policies.data?.items.find(({ id }) => id === main.policyId);
  return (
    <div className="shrink-0 px-5 pt-3 max-sm:px-4">
      <p
        className={classNames(
          'flex items-start gap-2.5 rounded-md border px-3 py-2',
          main.tone === 'stop' ? 'border-rust bg-rust-soft' : 'border-gold bg-gold-soft',
        )}
      >
        <ShieldAlert
          size={15}
          strokeWidth={1.6}
          aria-hidden="true"
          className={classNames(
            'mt-0.5 shrink-0',
            main.tone === 'stop' ? 'text-rust' : 'text-gold',
          )}
        />
        <span>
          <strong className="font-semibold">{main.headline}</strong>
          {main.reason !== null && `: ${main.reason}`}
          {main.policyId !== null && (
            <>
              ,{' '}
              <button
                type="button"
                onClick={() => setSearch({ tab: 'decisions' }, 'push')}
                className="underline underline-offset-2"
              >
                {policyPhrase(policy?.name ?? main.policyId, main.revision)}
              </button>
            </>
          )}
          .{before !== null && ` ${before}.`} <span className="text-muted">{main.decidedBy}.</span>
        </span>
      </p>
    </div>
  );
}
