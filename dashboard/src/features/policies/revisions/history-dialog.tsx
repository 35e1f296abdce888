import { useQuery } from '@tanstack/react-query';
import { Dialog } from '../../../components/dialog.tsx';
import { ErrorState } from '../../../components/error-state.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import { revisionsQuery } from '../../../lib/api/revisions-query.ts';
import { RevisionLine } from './revision-line.tsx';

export interface HistoryDialogProps {
  readonly policyId: string;
  readonly onClose: () => void;
}

/** Every revision of a policy, newest first: who made it, when, and what it changed (P1). */
export function HistoryDialog({ policyId, onClose }: HistoryDialogProps) {
  const query = useQuery(revisionsQuery(policyId));
  const items = query.data?.items;
  const name = items?.find(({ policy }) => policy !== null)?.policy?.name;
  return (
    <Dialog
      open
      onClose={onClose}
      title={name === undefined ? 'History' : `History of “${name}”`}
      className="sm:w-[620px]"
    >
      {items === undefined ? (
        query.isError ? (
          <ErrorState
            what="The history could not be read"
            error={query.error}
            onRetry={() => void query.refetch()}
          />
        ) : (
          <Skeleton className="h-24" />
        )
      ) : (
        <ol aria-label="Revisions" className="-mb-2">
          {items.map((item, index) => (
            <RevisionLine key={item.revision} item={item} before={items[index + 1]} />
          ))}
        </ol>
      )}
    </Dialog>
  );
}
