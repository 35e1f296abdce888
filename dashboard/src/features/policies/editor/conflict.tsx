import type { Policy } from '@niitaka/protocol/policy.ts';
import { useQuery } from '@tanstack/react-query';
import { ConflictNotice } from '../../../components/conflict-notice.tsx';
import { revisionsQuery } from '../../../lib/api/revisions-query.ts';
import { authorText } from '../revisions/author-text.ts';
import { ChangeTable } from '../revisions/change-table.tsx';
import { policyChanges } from '../words/policy-changes.ts';

export interface ConflictProps {
  /** The policy as it stands by now. */
  readonly current: Policy;
  /** The same, with what was typed here. */
  readonly mine: Policy;
  readonly onTake: () => void;
  readonly onKeep: () => void;
}

/** Somebody else changed the policy meanwhile: both versions, and which of them shall stand. */
export function Conflict({ current, mine, onTake, onKeep }: ConflictProps) {
  const { revision } = current;
  const revisions = useQuery(revisionsQuery(current.id));
  const theirs = revisions.data?.items.find((one) => one.revision === revision);
  const who = theirs === undefined ? 'somebody else' : authorText(theirs.author);
  const changes = policyChanges(current, mine);
  return (
    <ConflictNotice who={who} at={theirs?.at} revision={revision} onTake={onTake} onKeep={onKeep}>
      {changes.length === 0 ? (
        <p className="mt-1">Both versions say the same.</p>
      ) : (
        <ChangeTable heads={[`Revision ${revision}`, 'Yours']} changes={changes} />
      )}
    </ConflictNotice>
  );
}
