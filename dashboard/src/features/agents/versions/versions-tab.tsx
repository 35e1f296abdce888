import type { AgentVersion } from '@niitaka/protocol/agent.ts';
import { useQuery } from '@tanstack/react-query';
import { GitBranchPlus } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../../../components/button.tsx';
import { EmptyState } from '../../../components/empty-state.tsx';
import { ErrorState } from '../../../components/error-state.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import { useIdentity } from '../../../lib/api/use-identity.ts';
import { versionsQuery } from '../../../lib/api/versions-query.ts';
import type { SearchParams } from '../../../lib/url/search-params.ts';
import { useAgentSearch } from '../agent-search.ts';
import { ActivateDialog } from './activate-dialog.tsx';
import { readVersionSearch } from './version-search.ts';
import { VersionDetail } from './version-detail.tsx';
import { VersionEditor, type VersionEditorProps } from './version-editor.tsx';
import { VersionList } from './version-list.tsx';

/** The versions of an agent: listed, compared, edited, made active (A3). */
export function VersionsTab({ agentId }: { readonly agentId: string }) {
  const query = useQuery(versionsQuery(agentId));
  const mayChange = useIdentity()?.role === 'admin';
  const [, change] = useAgentSearch();
  const items = query.data?.items;
  if (items === undefined) {
    return query.isError ? (
      <ErrorState
        what="The versions could not be read"
        error={query.error}
        onRetry={() => void query.refetch()}
      />
    ) : (
      <Skeleton className="h-40" />
    );
  }
  return (
    <>
      {items.length === 0 ? (
        <NoVersions mayChange={mayChange} onNew={() => change({ show: 'new' })} />
      ) : (
        <Versions agentId={agentId} items={items} mayChange={mayChange} />
      )}
      {mayChange && <OpenDialog agentId={agentId} items={items} />}
    </>
  );
}

interface VersionsProps {
  readonly agentId: string;
  readonly items: readonly AgentVersion[];
}

function Versions({ items, mayChange }: VersionsProps & { readonly mayChange: boolean }) {
  const [search, change] = useAgentSearch();
  const { shown, against } = readVersionSearch(search, items);
  return (
    <div className="grid grid-cols-[280px_minmax(0,1fr)] items-start gap-4 max-lg:grid-cols-1">
      <div className="flex flex-col gap-2">
        {mayChange && (
          <Button onClick={() => change({ show: 'new', version: String(shown.number) })}>
            <GitBranchPlus size={14} strokeWidth={1.6} aria-hidden="true" /> New draft from version{' '}
            {shown.number}
          </Button>
        )}
        <VersionList items={items} shown={shown.number} />
      </div>
      <VersionDetail
        items={items}
        version={shown}
        against={against}
        mayChange={mayChange}
        onChange={change}
      />
    </div>
  );
}

function OpenDialog({ agentId, items }: VersionsProps) {
  const [search, change] = useAgentSearch();
  const { show } = search;
  const close = (more: SearchParams = {}) => change({ ...more, show: undefined });
  const named = items.find(({ number }) => String(number) === search['version']);
  const active = items.find(({ state }) => state === 'active') ?? null;
  if (show === 'activate' && named !== undefined && named.state !== 'active') {
    return (
      <ActivateDialog agentId={agentId} version={named} active={active} onClose={() => close()} />
    );
  }
  const editor = {
    agentId,
    base: named ?? active,
    onClose: () => close(),
    onSaved: (number: number) => close({ version: String(number), against: undefined }),
  };
  if (show === 'new') return <VersionEditor key="new" {...editor} draft={null} />;
  if (show !== 'edit' || named === undefined) return null;
  return <DraftEditor key={named.number} {...editor} draft={named} />;
}

/** Stays open when somebody else activates the draft meanwhile: what was typed is not lost. */
function DraftEditor(props: VersionEditorProps & { readonly draft: AgentVersion }) {
  const [draft] = useState(props.draft);
  return draft.state === 'draft' ? <VersionEditor {...props} draft={draft} /> : null;
}

function NoVersions(props: { readonly mayChange: boolean; readonly onNew: () => void }) {
  return (
    <EmptyState
      title="No version yet"
      action={
        props.mayChange ? (
          <Button look="primary" onClick={props.onNew}>
            Make a draft
          </Button>
        ) : (
          <span className="text-muted">An admin can make one.</span>
        )
      }
    >
      A version holds model, temperature, prompt and guardrails. The agent asks for them with{' '}
      <code className="rounded-sm bg-sunk px-1 font-mono text-sm">session.config</code>, and gets
      those of the active one: changed here, without a deploy, and rolled back in one click.
    </EmptyState>
  );
}
