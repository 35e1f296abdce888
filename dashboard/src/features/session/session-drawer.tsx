export interface SessionDrawerProps {
  readonly sessionId: string;
  readonly onClose: () => void;
}

/** One session, beside the list. */
export function SessionDrawer({ sessionId, onClose }: SessionDrawerProps) {
  return (
    <aside className="absolute inset-y-0 right-0 bg-surface">
      <button type="button" onClick={onClose}>
        {sessionId}
      </button>
    </aside>
  );
}
