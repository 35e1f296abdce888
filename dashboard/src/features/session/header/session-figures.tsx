import type { SessionDetail } from '@niitaka/protocol/session.ts';
import type { ReactNode } from 'react';
import { CautionMark } from '../../../components/caution-mark.tsx';
import { classNames } from '../../../components/class-names.ts';
import { costCaution } from '../../../lib/cost-caution.ts';
import { formatCompact, formatCount } from '../../../lib/format-count.ts';
import { formatDuration, formatTickingDuration } from '../../../lib/format-duration.ts';
import { formatNanoUsd, formatNanoUsdExact } from '../../../lib/format-money.ts';
import { useNowText } from '../../../lib/use-now.ts';
import { useSessionSearch, type SessionSearch } from '../session-search.ts';

/** The numbers of a session in one strip; each leads to what it counts. */
export function SessionFigures({ session }: { readonly session: SessionDetail }) {
  return (
    <dl className="mt-2.5 flex justify-between gap-x-4 gap-y-1.5 rounded-md max-sm:grid max-sm:grid-cols-[auto_auto_auto] border border-line bg-row px-3 py-2">
      <Figure name="Duration">
        <Duration session={session} />
      </Figure>
      <Figure name="Cost" to={{ tab: 'cost' }} title="What the cost is made of">
        <Cost session={session} />
      </Figure>
      <Figure name="Tokens" to={{ tab: 'cost' }} title={tokenTitle(session)}>
        {formatCompact(session.input_tokens)} <Unit>in ·</Unit>{' '}
        {formatCompact(session.output_tokens)} <Unit>out</Unit>
      </Figure>
      <Figure
        name="Steps"
        to={{ tab: 'timeline', types: ['llm', 'tool'], find: '' }}
        title={`${formatCount(session.llm_count)} llm, ${formatCount(session.tool_count)} tool`}
      >
        {formatCount(session.step_count)}
      </Figure>
      <Figure
        name="Errors"
        to={{ tab: 'timeline', types: ['error'], find: '' }}
        title="Show the errors"
      >
        <span className={session.error_count > 0 ? 'text-rust' : 'text-faint'}>
          {formatCount(session.error_count)}
        </span>
      </Figure>
      <Figure name="Goal · score" to={{ tab: 'metrics' }} title="Metrics">
        <Outcome session={session} />
      </Figure>
    </dl>
  );
}

interface FigureProps {
  readonly name: string;
  readonly to?: Partial<SessionSearch>;
  readonly title?: string;
  readonly children: ReactNode;
}

function Figure({ name, to, title, children }: FigureProps) {
  const [, setSearch] = useSessionSearch();
  return (
    <div className="min-w-14">
      <dt className="text-xs text-muted">{name}</dt>
      <dd className="font-semibold whitespace-nowrap">
        {to === undefined ? (
          children
        ) : (
          <button
            type="button"
            title={title}
            onClick={() => setSearch({ event: null, ...to }, 'push')}
            className="rounded-sm font-semibold decoration-faint underline-offset-4 hover:underline"
          >
            {children}
          </button>
        )}
      </dd>
    </div>
  );
}

function Duration({ session }: { readonly session: SessionDetail }) {
  const startMs = Date.parse(session.started_at);
  const text = useNowText((now) =>
    session.duration_ms === null
      ? formatTickingDuration(now - startMs)
      : formatDuration(session.duration_ms),
  );
  return <span role={session.status === 'running' ? 'timer' : undefined}>{text}</span>;
}

function Cost({ session }: { readonly session: SessionDetail }) {
  const nano = session.total_cost_nano_usd;
  const noPrice = nano === '0' && session.unpriced_count > 0;
  return (
    <>
      <CautionMark why={costCaution(session)} />{' '}
      <span
        title={formatNanoUsdExact(nano)}
        className={classNames(noPrice ? 'text-gold' : nano === '0' && 'text-faint')}
      >
        {noPrice ? 'no price' : formatNanoUsd(nano)}
      </span>
      {session.tree !== null && (
        <span
          className="text-sm font-normal text-muted max-sm:hidden"
          title="With everything below it"
        >
          {' '}
          Σ {formatNanoUsd(session.tree.total_cost_nano_usd)}
        </span>
      )}
    </>
  );
}

function Outcome({ session }: { readonly session: SessionDetail }) {
  const { goal_completed: met, score } = session.metrics;
  return (
    <>
      <Met value={met} />
      <Unit> · </Unit>
      {typeof score === 'number' ? score.toFixed(2) : <span className="text-faint">–</span>}
    </>
  );
}

function Met({ value }: { readonly value: number | boolean | undefined }) {
  if (value === true) return <Mark tone="text-accent" mark="✓" word="completed" />;
  if (value === false) return <Mark tone="text-rust" mark="✗" word="not completed" />;
  return <span className="text-faint">–</span>;
}

function Mark(props: { readonly tone: string; readonly mark: string; readonly word: string }) {
  return (
    <span className={props.tone} title={props.word}>
      {props.mark}
      <span className="sr-only"> {props.word}</span>
    </span>
  );
}

function Unit({ children }: { readonly children: ReactNode }) {
  return <span className="font-normal text-muted">{children}</span>;
}

function tokenTitle(session: SessionDetail): string {
  const { input_tokens: sent, output_tokens: answered } = session;
  return `${formatCount(sent)} in, ${formatCount(answered)} out`;
}
