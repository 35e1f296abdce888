import { useQuery } from '@tanstack/react-query';
import { FileDown, FileUp, Plus } from 'lucide-react';
import { useRef } from 'react';
import { Button, buttonClass } from '../../components/button.tsx';
import { ErrorState } from '../../components/error-state.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import { apiUrl } from '../../lib/api/api-fetch.ts';
import { policiesQuery } from '../../lib/api/policies-query.ts';
import { useIdentity } from '../../lib/api/use-identity.ts';
import { formatNoun } from '../../lib/format-count.ts';
import { useRowFocus } from '../../lib/keys/use-row-focus.ts';
import { NoPolicies } from './list/no-policies.tsx';
import { PolicyList } from './list/policy-list.tsx';
import { OpenPolicy } from './open-policy.tsx';
import { importPolicies, newPolicy, usePolicySearch } from './use-policy-search.ts';

/** What agents must not pass, and what happens when a call fails: listed, made and changed. */
export function PoliciesPage() {
  const query = useQuery(policiesQuery);
  const mayChange = useIdentity()?.role === 'admin';
  const page = useRef<HTMLDivElement>(null);
  useRowFocus(page);
  const items = query.data?.items;
  return (
    <div ref={page} className="min-h-0 flex-1 overflow-y-auto">
      <div className="flex min-h-full flex-col gap-3 px-5 pt-3 pb-10 max-sm:px-3">
        <header className="flex min-h-[30px] flex-wrap items-center gap-2.5">
          <h1 className="text-title">Policies</h1>
          {items !== undefined && items.length > 0 && (
            <span className="text-muted">
              {formatNoun(items.length, 'policy', 'policies')}
              <span className="max-sm:hidden">, in the order in which they are asked</span>
            </span>
          )}
          <span className="flex-1" />
          {items !== undefined && <PageActions any={items.length > 0} mayChange={mayChange} />}
        </header>
        {items === undefined ? (
          query.isError ? (
            <ErrorState
              what="The policies could not be read"
              error={query.error}
              onRetry={() => void query.refetch()}
            />
          ) : (
            <ListOutline />
          )
        ) : items.length === 0 ? (
          <NoPolicies mayChange={mayChange} />
        ) : (
          <PolicyList items={items} mayChange={mayChange} />
        )}
      </div>
      {items !== undefined && <OpenPolicy items={items} mayChange={mayChange} />}
    </div>
  );
}

function PageActions({ any, mayChange }: { readonly any: boolean; readonly mayChange: boolean }) {
  const [, open] = usePolicySearch();
  return (
    <>
      {mayChange && (
        <Button onClick={() => open(importPolicies)}>
          <FileUp size={14} strokeWidth={1.6} aria-hidden="true" />
          <span className="max-sm:sr-only">Import</span>
        </Button>
      )}
      {any && (
        <a
          href={apiUrl('/policies/export')}
          download="niitaka-policies.yaml"
          className={buttonClass()}
        >
          <FileDown size={14} strokeWidth={1.6} aria-hidden="true" />
          <span className="max-sm:sr-only">Export</span>
        </a>
      )}
      {any && mayChange && (
        <Button look="primary" onClick={() => open(newPolicy)}>
          <Plus size={14} strokeWidth={2} aria-hidden="true" /> New policy
        </Button>
      )}
    </>
  );
}

function ListOutline() {
  return (
    <div className="rounded-lg border border-line bg-surface px-3 py-2">
      {['w-2/3', 'w-1/2', 'w-3/5'].map((width) => (
        <div key={width} className="flex h-13 items-center">
          <Skeleton className={`h-5 ${width}`} />
        </div>
      ))}
    </div>
  );
}
