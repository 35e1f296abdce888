import { useEffect, useState } from 'react';
import './session.css';
import { SessionView } from './session-view.tsx';

export interface SessionDrawerProps {
  readonly sessionId: string;
  readonly onClose: () => void;
}

/** One session, beside the list; a page of its own on a narrow screen. */
export function SessionDrawer({ sessionId, onClose }: SessionDrawerProps) {
  const [before] = useState(() => document.activeElement);
  useEffect(
    () => () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    },
    [before],
  );
  return (
    <aside
      aria-label="Session"
      className="session-drawer fixed inset-0 z-30 flex flex-col border-line bg-surface sm:absolute sm:left-auto sm:w-[min(742px,100%)] sm:border-l sm:shadow-panel"
    >
      <SessionView sessionId={sessionId} place="drawer" onClose={onClose} />
    </aside>
  );
}
