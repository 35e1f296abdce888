import { useNavigate, useSearch } from '@tanstack/react-router';

/** Words in place of an id: an empty editor, one with the policy to begin with, and a file to take in. */
export const newPolicy = 'new';
export const firstPolicy = 'loop-guard';
export const importPolicies = 'import';

/** What the URL says of the page: which policy is open, and whether its history shows. */
export interface PolicySearch {
  readonly policy: string | null;
  readonly history: boolean;
}

/** Which policy is open, and how to open another or none. */
export function usePolicySearch(): [
  PolicySearch,
  (policy: string | null, history?: boolean) => void,
] {
  const { policy, show } = useSearch({ strict: false });
  const navigate = useNavigate();
  const open = (id: string | null, history = false) =>
    void navigate({
      to: '/policies',
      search: (old) => ({
        ...old,
        policy: id ?? undefined,
        show: history ? 'history' : undefined,
      }),
    });
  return [{ policy: policy ?? null, history: show === 'history' }, open];
}
