import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { policiesQuery } from '../../lib/api/policies-query.ts';

/** What a policy is called, leading to its history; its id where the server does not hold it. */
export function PolicyName({ policyId }: { readonly policyId: string }) {
  const { data } = useQuery(policiesQuery);
  const policy = data?.items.find(({ id }) => id === policyId);
  if (policy === undefined) return policyId;
  return (
    <Link
      to="/policies"
      search={{ policy: policyId, show: 'history' }}
      className="underline underline-offset-2"
    >
      {policy.name}
    </Link>
  );
}
