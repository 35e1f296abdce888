import { readPolicy } from '@niitaka/core/policy/parse-policy.ts';
import type { ListedPolicy } from '@niitaka/protocol/policy.ts';
import { Tag } from '../../../components/tag.tsx';
import { thresholdText } from '../../../lib/policy-words/threshold-text.ts';
import { ActionTag } from './action-tag.tsx';
import { formatNoun } from '../../../lib/format-count.ts';
import { ModeSwitch } from './mode-switch.tsx';
import { PolicyActions } from './policy-actions.tsx';
import { PolicyName } from './policy-name.tsx';

export interface PolicyCardProps {
  readonly policy: ListedPolicy;
  readonly mayChange: boolean;
}

/** One policy on a narrow screen. */
export function PolicyCard({ policy, mayChange }: PolicyCardProps) {
  const read = readPolicy(policy);
  return (
    <li className="flex flex-col gap-2 p-3">
      <div className="flex items-start gap-2">
        <div className="min-w-0 flex-1">
          <PolicyName policy={policy} />
        </div>
        <PolicyActions policy={policy} mayChange={mayChange} />
      </div>
      <div className="flex flex-wrap items-center gap-1.5">
        <span className="text-sm">{thresholdText(read)}</span>
        <ActionTag policy={read} />
        <Tag>priority {policy.priority}</Tag>
        <Tag>rev {policy.revision}</Tag>
        <Tag tone={policy.hits_7d > 0 ? 'olive' : 'neutral'}>
          {formatNoun(policy.hits_7d, 'hit')} in 7 d
        </Tag>
        <span className="flex-1" />
        <ModeSwitch policy={policy} mayChange={mayChange} />
      </div>
    </li>
  );
}
