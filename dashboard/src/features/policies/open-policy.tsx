import type { Policy } from '@niitaka/protocol/policy.ts';
import { EditorDialog } from './editor/editor-dialog.tsx';
import { emptyForm, formOf, loopGuard } from './editor/policy-form.ts';
import { ImportDialog } from './import/import-dialog.tsx';
import { HistoryDialog } from './revisions/history-dialog.tsx';
import { firstPolicy, importPolicies, newPolicy, usePolicySearch } from './use-policy-search.ts';

export interface OpenPolicyProps {
  readonly items: readonly Policy[];
  readonly mayChange: boolean;
}

/** What the URL opens above the list: an editor, or the history that readers see in its place. */
export function OpenPolicy({ items, mayChange }: OpenPolicyProps) {
  const [{ policy: id, history }, open] = usePolicySearch();
  const close = () => open(null);
  if (id === null) return null;
  if (id === importPolicies) return mayChange ? <ImportDialog onClose={close} /> : null;
  if (id === newPolicy || id === firstPolicy) {
    const start = id === newPolicy ? emptyForm : loopGuard;
    return mayChange ? <EditorDialog key={id} policy={null} start={start} onClose={close} /> : null;
  }
  const policy = items.find((one) => one.id === id);
  if (history || !mayChange || policy === undefined) {
    return <HistoryDialog key={id} policyId={id} onClose={close} />;
  }
  return <EditorDialog key={id} policy={policy} start={formOf(policy)} onClose={close} />;
}
