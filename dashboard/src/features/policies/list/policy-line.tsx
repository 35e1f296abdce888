import { readPolicy } from '@niitaka/core/policy/parse-policy.ts';
import type { ListedPolicy } from '@niitaka/protocol/policy.ts';
import type { ReactNode } from 'react';
import { scopeWords, typeNames } from '../../../lib/policy-words/type-names.ts';
import { thresholdText } from '../../../lib/policy-words/threshold-text.ts';
import { ActionTag } from './action-tag.tsx';
import { HitsCount } from './hits-count.tsx';
import { ModeSwitch } from './mode-switch.tsx';
import { PolicyActions } from './policy-actions.tsx';
import { PolicyName } from './policy-name.tsx';

export interface PolicyLineProps {
  readonly policy: ListedPolicy;
  readonly mayChange: boolean;
}

/** One policy as a row of the table. */
export function PolicyLine({ policy, mayChange }: PolicyLineProps) {
  const read = readPolicy(policy);
  const isLimit = policy.type === 'cost_limit' || policy.type === 'step_limit';
  return (
    <tr className="border-t border-line2 align-top hover:bg-row">
      <Cell className="text-right">{String(policy.priority).replace('-', '−')}</Cell>
      <td className="w-[36%] min-w-64 px-3 py-2">
        <PolicyName policy={policy} />
      </td>
      <Cell>
        {typeNames[policy.type]}
        {isLimit && <span className="block text-sm text-muted">{scopeWords[policy.scope]}</span>}
      </Cell>
      <Cell>
        <span className="flex items-center gap-2">
          <span className="max-w-36 truncate" title={thresholdText(read)}>
            {thresholdText(read)}
          </span>
          <ActionTag policy={read} />
        </span>
      </Cell>
      <Cell>
        <NameOrAll name={policy.agent_id} />
      </Cell>
      <Cell>
        <NameOrAll name={policy.environment} />
      </Cell>
      <Cell className="text-right">
        <HitsCount policy={policy} />
      </Cell>
      <Cell className="text-right">{policy.revision}</Cell>
      <td className="px-3 py-1">
        <ModeSwitch policy={policy} mayChange={mayChange} />
      </td>
      <td className="py-1 pr-2 text-right">
        <PolicyActions policy={policy} mayChange={mayChange} />
      </td>
    </tr>
  );
}

function Cell({ children, className }: { children: ReactNode; className?: string }) {
  return <td className={`px-3 py-2 whitespace-nowrap ${className ?? ''}`}>{children}</td>;
}

function NameOrAll({ name }: { readonly name: string | null }) {
  if (name === null) return <span className="text-muted">all</span>;
  return (
    <span className="inline-block max-w-36 truncate align-bottom" title={name}>
      {name}
    </span>
  );
}
