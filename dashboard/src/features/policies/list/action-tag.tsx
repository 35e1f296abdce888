import type { BrokenPolicy, Policy } from '@niitaka/core/policy/policy.ts';
import { Tag } from '../../../components/tag.tsx';

/** What a policy does when it fires, in a word. */
export function ActionTag({ policy }: { readonly policy: Policy | BrokenPolicy }) {
  switch (policy.type) {
    case 'cost_limit':
    case 'step_limit':
      return <Tag tone={policy.action === 'abort' ? 'rust' : 'gold'}>{policy.action}</Tag>;
    case 'retry':
      return <Tag tone="tool">{`retry ${policy.maxRetries} ×`}</Tag>;
    case 'fallback':
      return (
        <Tag tone="llm" title={policy.fallbackModel} className="max-w-36">
          <span className="truncate">→ {policy.fallbackModel}</span>
        </Tag>
      );
    case 'broken':
      return <Tag tone="rust">broken</Tag>;
  }
}
