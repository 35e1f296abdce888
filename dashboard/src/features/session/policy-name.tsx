import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { policiesQuery } from '../../lib/api/policies-query.ts';
import { versionPolicyOf } from './version-policy-of.ts';

const linkClass = 'underline underline-offset-2';

/** What a policy is called, leading to its history, or to the version that set it; its id where the server does not hold it. */
export function PolicyName({ policyId }: { readonly policyId: string }) {
  const { data } = useQuery(policiesQuery);
  const ofVersion = versionPolicyOf(policyId);
  if (ofVersion !== null) {
    const { agentId, version, guardrail } = ofVersion;
    return (
      <Link
        to="/agents/$agentId"
        params={{ agentId }}
        search={{ tab: 'versions', version }}
        className={linkClass}
      >
        {guardrail} of {agentId} v{version}
      </Link>
    );
  }
  const policy = data?.items.find(({ id }) => id === policyId);
  if (policy === undefined) return policyId;
  return (
    <Link to="/policies" search={{ policy: policyId, show: 'history' }} className={linkClass}>
      {policy.name}
    </Link>
  );
}
