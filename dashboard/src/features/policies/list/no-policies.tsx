import { ShieldCheck } from 'lucide-react';
import { Button } from '../../../components/button.tsx';
import { EmptyState } from '../../../components/empty-state.tsx';
import { loopGuard } from '../editor/policy-form.ts';
import { readForm } from '../editor/read-form.ts';
import { firstPolicy, newPolicy, usePolicySearch } from '../use-policy-search.ts';
import { PhraseText } from '../../../components/phrase-text.tsx';
import { policySentence } from '../../../lib/policy-words/policy-sentence.ts';

/** Why the list is empty, and the first policy to make. */
export function NoPolicies({ mayChange }: { readonly mayChange: boolean }) {
  const [, open] = usePolicySearch();
  const read = readForm(loopGuard);
  return (
    <div className="rounded-lg border border-line bg-surface">
      <EmptyState
        title="No policy yet: nothing stops an agent"
        action={
          mayChange ? (
            <>
              <Button look="primary" onClick={() => open(firstPolicy)}>
                <ShieldCheck size={15} strokeWidth={1.6} aria-hidden="true" /> Make a loop guard
              </Button>
              <Button onClick={() => open(newPolicy)}>Another policy</Button>
            </>
          ) : (
            <span className="text-muted">An admin can make one.</span>
          )
        }
      >
        <p>
          Policies warn of sessions that cost too much or go in circles, stop them before their next
          call, repeat calls that failed, and go on with another model. Agents hold to them by
          themselves, also while the server is away.
        </p>
        {read.ok && (
          <p className="mt-3">
            A good first one is the loop guard: “
            <PhraseText phrase={policySentence(read.policy)} />
            ”.
          </p>
        )}
      </EmptyState>
    </div>
  );
}
