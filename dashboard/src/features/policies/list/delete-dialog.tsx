import type { Policy } from '@niitaka/protocol/policy.ts';
import { Button } from '../../../components/button.tsx';
import { Dialog } from '../../../components/dialog.tsx';
import { messageOf } from '../../../components/error-state.tsx';
import { useDeletePolicy } from '../policy-queries.ts';

export interface DeleteDialogProps {
  readonly policy: Policy;
  readonly onClose: () => void;
}

/** Asks before a policy goes. */
export function DeleteDialog({ policy, onClose }: DeleteDialogProps) {
  const remove = useDeletePolicy();
  return (
    <Dialog open onClose={onClose} title={`Delete “${policy.name}”?`}>
      <p className="text-left break-words whitespace-normal">
        Agents stop holding to it with the next answer of the server. Decisions it has made keep
        their trace, and the audit log keeps what it was. To let it rest, switch it off instead.
      </p>
      {remove.error !== null && (
        <p role="alert" className="mt-3 text-rust">
          {messageOf(remove.error)}
        </p>
      )}
      <div className="mt-5 flex justify-end gap-2">
        <Button onClick={onClose}>Keep</Button>
        <Button
          look="danger"
          disabled={remove.isPending}
          onClick={() => remove.mutate(policy, { onSuccess: onClose })}
        >
          Delete the policy
        </Button>
      </div>
    </Dialog>
  );
}
