import type { Trace } from '@niitaka/protocol/signal.ts';
import { useQuery } from '@tanstack/react-query';
import { classNames } from '../../../components/class-names.ts';
import { EmptyState } from '../../../components/empty-state.tsx';
import { JsonTree } from '../../../components/json-tree.tsx';
import { Tag, type Tone } from '../../../components/tag.tsx';
import { TimeClock } from '../../../components/time-text.tsx';
import { formatCount, formatNoun } from '../../../lib/format-count.ts';
import { signalsQuery, tracesQuery } from '../api/session-queries.ts';
import { Disclosure } from '../disclosure.tsx';
import { EventLink } from '../event-link.tsx';
import { PolicyName } from '../policy-name.tsx';
import { QueryBody } from '../query-body.tsx';
import type { SessionTabProps } from '../session-tabs.tsx';
import { consideredText, decisionText, type DecisionText } from './decision-text.ts';
import { useDecidedLimits } from './use-decided-limits.ts';

/** Every decision of the engine about this session, as a sentence, oldest first. */
export function DecisionsTab({ session }: SessionTabProps) {
  const query = useQuery(tracesQuery(session.id));
  const signals = useQuery(signalsQuery(session.id)).data?.items ?? [];
  const { limits } = useDecidedLimits(query.data?.items ?? []);
  return (
    <QueryBody query={query} what="The decisions could not be read">
      {({ items, more }) =>
        items.length === 0 ? (
          <EmptyState title="No decisions">
            No policy has warned, stopped or changed anything in this session.
          </EmptyState>
        ) : (
          <>
            <ol className="-my-2">
              {items.map((trace) => (
                <DecisionLine
                  key={trace.id}
                  trace={trace}
                  text={decisionText(trace, signals, limits)}
                />
              ))}
            </ol>
            {more && <p className="text-muted">The first {formatCount(items.length)} are shown.</p>}
          </>
        )
      }
    </QueryBody>
  );
}

const dots: Readonly<Record<DecisionText['tone'], string>> = {
  stop: 'bg-rust',
  warn: 'bg-gold',
  expected: 'bg-olive',
  neutral: 'bg-bar',
};
const modeTones: Readonly<Record<DecisionText['mode'], Tone>> = {
  enforced: 'olive',
  shadow: 'neutral',
  'not enforced': 'gold',
};

function DecisionLine({ trace, text }: { readonly trace: Trace; readonly text: DecisionText }) {
  return (
    <li className="rendered-in-view flex gap-3 border-t border-line2 py-2.5 first:border-t-0">
      <span
        aria-hidden="true"
        className={classNames('mt-1.5 size-2 shrink-0 rounded-full', dots[text.tone])}
      />
      <div className="min-w-0 flex-1">
        <p>
          <strong className="font-semibold">{text.headline}</strong>
          {text.reason !== null && `: ${text.reason}`}
          {text.policyId !== null && (
            <>
              , policy <PolicyName policyId={text.policyId} />
              {text.revision !== null && ` rev ${text.revision}`}
            </>
          )}
          . <Tag tone={modeTones[text.mode]}>{text.mode}</Tag>
        </p>
        <p className="flex flex-wrap gap-x-2 text-sm text-muted">
          <span>{text.decidedBy}</span>
          <span>
            · <TimeClock at={trace.occurred_at} />
          </span>
          {trace.event_id !== null && <EventLink eventId={trace.event_id} />}
        </p>
        {trace.considered.length > 0 && <Considered trace={trace} />}
        <Disclosure title="What was known">
          <JsonTree value={trace.inputs} label="Inputs of the decision" />
        </Disclosure>
      </div>
    </li>
  );
}

function Considered({ trace }: { readonly trace: Trace }) {
  const count = formatNoun(trace.considered.length, 'policy', 'policies');
  return (
    <Disclosure title={`${count} considered`}>
      <table className="text-sm">
        <thead className="text-left text-xs text-muted">
          <tr>
            <th scope="col" className="pr-5 font-medium">
              Policy
            </th>
            <th scope="col" className="pr-5 font-medium">
              Why, or why not
            </th>
            <th scope="col" className="font-medium">
              Mode
            </th>
          </tr>
        </thead>
        <tbody>
          {trace.considered.map((one) => (
            <tr key={`${one.policy_id}:${one.revision}`} className="align-top">
              <th scope="row" className="pr-5 text-left font-medium">
                <PolicyName policyId={one.policy_id} />
                {one.revision !== null && (
                  <span className="font-normal text-muted"> rev {one.revision}</span>
                )}
              </th>
              <td className="pr-5">{consideredText(one.result)}</td>
              <td className="text-muted">{one.mode ?? ''}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Disclosure>
  );
}
