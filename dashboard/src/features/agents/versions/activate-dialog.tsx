import type { AgentVersion } from '@niitaka/protocol/agent.ts';
import { Button } from '../../../components/button.tsx';
import { Dialog } from '../../../components/dialog.tsx';
import { messageOf } from '../../../components/error-state.tsx';
import { showToast } from '../../../components/toasts.tsx';
import { useActivateVersion } from '../agent-queries.ts';
import { changedFields } from './version-fields.ts';

export interface ActivateDialogProps {
  readonly agentId: string;
  readonly version: AgentVersion;
  /** The version that is active by now; null where none is. */
  readonly active: AgentVersion | null;
  readonly onClose: () => void;
}

/** Asks before another version becomes the active one, and says what that changes (A3). */
export function ActivateDialog({ agentId, version, active, onClose }: ActivateDialogProps) {
  const activate = useActivateVersion(agentId);
  const isBack = version.state === 'archived';
  const verb = isBack ? 'Roll back to' : 'Activate';
  const changes = active === null ? [] : changedFields(active, version);
  const done = () => {
    showToast(`Version ${version.number} is active`);
    onClose();
  };
  return (
    <Dialog open onClose={onClose} title={`${verb} version ${version.number}?`}>
      <p>
        Sessions that start from now on run by version {version.number}
        {active !== null && <>, and version {active.number} is archived</>}. Sessions that run keep
        what they began with.
      </p>
      {active !== null && (
        <p className="mt-2 text-muted">
          {changes.length === 0
            ? `It says the same as version ${active.number}.`
            : `Against version ${active.number} it changes: ${changes.join(', ').toLowerCase()}.`}
        </p>
      )}
      {activate.error !== null && (
        <p role="alert" className="mt-3 text-rust">
          {messageOf(activate.error)}
        </p>
      )}
      <div className="mt-5 flex justify-end gap-2">
        <Button onClick={onClose}>Cancel</Button>
        <Button
          look="primary"
          disabled={activate.isPending}
          onClick={() => activate.mutate(version.number, { onSuccess: done })}
        >
          {verb} version {version.number}
        </Button>
      </div>
    </Dialog>
  );
}
