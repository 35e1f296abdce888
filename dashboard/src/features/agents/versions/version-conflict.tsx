import type { AgentVersion } from '@niitaka/protocol/agent.ts';
import { ConflictNotice } from '../../../components/conflict-notice.tsx';
import { VersionDiff } from './version-diff.tsx';
import { changedFields } from './version-fields.ts';

export interface VersionConflictProps {
  /** The draft as it stands by now. */
  readonly current: AgentVersion;
  /** The same, with what was typed here. */
  readonly mine: AgentVersion;
  readonly onTake: () => void;
  readonly onKeep: () => void;
}

/** Somebody else changed the draft meanwhile: both contents, and which of them shall stand (A3). */
export function VersionConflict({ current, mine, onTake, onKeep }: VersionConflictProps) {
  const { revision } = current;
  return (
    <ConflictNotice who="somebody else" revision={revision} onTake={onTake} onKeep={onKeep}>
      {changedFields(current, mine).length === 0 ? (
        <p className="mt-1">Both drafts say the same.</p>
      ) : (
        <VersionDiff before={current} after={mine} heads={[`Revision ${revision}`, 'Yours']} />
      )}
    </ConflictNotice>
  );
}
