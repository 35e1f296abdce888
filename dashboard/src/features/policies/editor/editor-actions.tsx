import { Button } from '../../../components/button.tsx';

export interface EditorActionsProps {
  readonly isNew: boolean;
  readonly busy: boolean;
  /** Leaving was asked for while something typed was not stored. */
  readonly leaving: boolean;
  readonly onStay: () => void;
  readonly onClose: () => void;
}

/** Stores the policy or leaves it; asks before what was typed is lost. */
export function EditorActions({ isNew, busy, leaving, onStay, onClose }: EditorActionsProps) {
  if (leaving) {
    return (
      <div className="mt-5 flex flex-wrap items-center justify-end gap-2">
        <p role="alert" className="flex-1 font-semibold">
          What you typed is not stored.
        </p>
        <Button onClick={onStay}>Keep editing</Button>
        <Button look="danger" onClick={onClose}>
          Discard it
        </Button>
      </div>
    );
  }
  return (
    <div className="mt-5 flex justify-end gap-2">
      <Button onClick={onClose}>Cancel</Button>
      <Button type="submit" look="primary" disabled={busy}>
        {isNew ? 'Make the policy' : 'Save the change'}
      </Button>
    </div>
  );
}
