import type { Policy } from '@niitaka/protocol/policy.ts';
import { useQuery } from '@tanstack/react-query';
import { Button } from '../../../components/button.tsx';
import { TimeAgo } from '../../../components/time-text.tsx';
import { revisionsQuery } from '../policy-queries.ts';
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
  const revisions = useQuery(revisionsQuery(current.id));
  const theirs = revisions.data?.items.find(({ revision }) => revision === current.revision);
  const changes = policyChanges(current, mine);
  return (
    <section
      ref={bringIntoSight}
      role="alert"
      aria-label="Changed at the same time"
      className="mb-4 rounded-md border border-gold bg-gold-soft/40 p-3"
    >
      <p>
        <strong className="font-semibold">
          Changed by {theirs === undefined ? 'somebody else' : authorText(theirs.author)} while you
          did
        </strong>
        {theirs !== undefined && (
          <>
            , <TimeAgo at={theirs.at} />
          </>
        )}
        . Revision {current.revision} stands now.
      </p>
      {changes.length === 0 ? (
        <p className="mt-1">Both versions say the same.</p>
      ) : (
        <ChangeTable heads={[`Revision ${current.revision}`, 'Yours']} changes={changes} />
      )}
      <div className="mt-3 flex flex-wrap gap-2">
        <Button onClick={onTake}>Take revision {current.revision}</Button>
        <Button onClick={onKeep}>Save yours over it</Button>
      </div>
    </section>
  );
}

/** The editor may be scrolled down to its button. */
function bringIntoSight(element: HTMLElement | null): void {
  element?.scrollIntoView({ block: 'nearest' });
}
