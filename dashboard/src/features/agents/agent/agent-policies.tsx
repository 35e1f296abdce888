import { readPolicy } from '@niitaka/core/policy/parse-policy.ts';
import type { ListedPolicy } from '@niitaka/protocol/policy.ts';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { buttonClass } from '../../../components/button.tsx';
import { EmptyState } from '../../../components/empty-state.tsx';
import { ModeMark } from '../../../components/mode-mark.tsx';
import { PhraseText } from '../../../components/phrase-text.tsx';
import { Tag } from '../../../components/tag.tsx';
import { policiesQuery } from '../../../lib/api/policies-query.ts';
import { formatNoun } from '../../../lib/format-count.ts';
import { policySentence } from '../../../lib/policy-words/policy-sentence.ts';
import { TabBody } from './tab-body.tsx';

/** The policies that an agent is held to: its own, and those for every agent. */
export function AgentPolicies({ agentId }: { readonly agentId: string }) {
  const query = useQuery(policiesQuery);
  return (
    <TabBody query={query} what="The policies could not be read">
      {({ items }) => <PolicyList agentId={agentId} items={policiesOf(agentId, items)} />}
    </TabBody>
  );
}

function policiesOf(agentId: string, items: readonly ListedPolicy[]): ListedPolicy[] {
  return items.filter((policy) => policy.agent_id === null || policy.agent_id === agentId);
}

function PolicyList(props: { readonly agentId: string; readonly items: readonly ListedPolicy[] }) {
  const { agentId, items } = props;
  if (items.length === 0) {
    return (
      <EmptyState
        title="No policy holds this agent"
        action={
          <Link to="/policies" className={buttonClass()}>
            See the policies
          </Link>
        }
      >
        Limits on cost and steps, retries and fallbacks that are for it or for every agent show
        here. The guardrails of its active version hold besides.
      </EmptyState>
    );
  }
  return (
    <ol
      aria-label="Policies in the order in which they are asked"
      className="divide-y divide-line2 rounded-lg border border-line bg-surface"
    >
      {items.map((policy) => (
        <li
          key={policy.id}
          className="flex items-start gap-x-3 gap-y-1 px-3 py-2 max-sm:flex-wrap max-sm:items-center"
        >
          <div className="min-w-0 flex-1 max-sm:basis-full">
            <Link
              to="/policies"
              search={({ env }) => ({ env, policy: policy.id })}
              data-row
              className="rounded-sm font-semibold break-words hover:underline"
            >
              {policy.name}
            </Link>
            <p className="text-sm text-muted">
              <PhraseText phrase={policySentence(readPolicy(policy))} />
            </p>
          </div>
          <span className="text-sm text-muted">{formatNoun(policy.hits_7d, 'hit')} in 7 d</span>
          <Tag tone={policy.agent_id === agentId ? 'accent' : 'neutral'}>
            {policy.agent_id === agentId ? 'this agent' : 'every agent'}
          </Tag>
          <span className="w-24 shrink-0">
            <ModeMark mode={policy.mode} />
          </span>
        </li>
      ))}
    </ol>
  );
}
