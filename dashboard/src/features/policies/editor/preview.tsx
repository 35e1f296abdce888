import { PhraseText } from '../../../components/phrase-text.tsx';
import { policyNotes } from '../words/policy-notes.ts';
import { policySentence } from '../../../lib/policy-words/policy-sentence.ts';
import type { ReadForm } from './read-form.ts';

/** What the policy in the editor would do, in plain words. */
export function Preview({ read }: { readonly read: ReadForm }) {
  const missing = read.ok ? '' : Object.values(read.problems)[0];
  return (
    <output
      aria-label="What it does"
      className="col-span-full block rounded-md border border-line2 bg-row px-3 py-2.5"
    >
      {read.ok ? (
        <>
          <span className="block">
            <PhraseText phrase={policySentence(read.policy)} />.
          </span>
          <span className="block text-sm text-muted">{policyNotes(read.policy).join(' ')}</span>
        </>
      ) : (
        <span className="text-muted">What it does shows here. {missing}.</span>
      )}
    </output>
  );
}
