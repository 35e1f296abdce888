import { readPolicy } from '@niitaka/core/policy/parse-policy.ts';
import type { PolicyRevision } from '@niitaka/protocol/policy.ts';
import { TimeAgo } from '../../../components/time-text.tsx';
import { PhraseText } from '../../../components/phrase-text.tsx';
import { policyChanges } from '../words/policy-changes.ts';
import { policySentence } from '../../../lib/policy-words/policy-sentence.ts';
import { authorText } from './author-text.ts';
import { ChangeTable } from './change-table.tsx';

export interface RevisionLineProps {
  readonly item: PolicyRevision;
  /** The revision it came after; none for the first that is kept. */
  readonly before: PolicyRevision | undefined;
}

/** One revision: its number, author and time, and what it changed. */
export function RevisionLine({ item, before }: RevisionLineProps) {
  return (
    <li className="border-t border-line2 py-2.5 first:border-t-0">
      <p className="flex flex-wrap gap-x-2">
        <strong className="font-semibold">Revision {item.revision}</strong>
        <span className="text-muted">
          {authorText(item.author)} · <TimeAgo at={item.at} />
        </span>
      </p>
      <RevisionBody item={item} before={before} />
    </li>
  );
}

function RevisionBody({ item, before }: RevisionLineProps) {
  const { policy } = item;
  if (policy === null) return <p className="text-rust">Deleted.</p>;
  const last = before?.policy ?? null;
  if (last === null) {
    return (
      <p>
        Made: <PhraseText phrase={policySentence(readPolicy(policy))} />.
      </p>
    );
  }
  const changes = policyChanges(last, policy);
  if (changes.length === 0) return <p className="text-muted">Saved without a difference.</p>;
  return <ChangeTable heads={['Before', 'After']} changes={changes} />;
}
