import { useEffect, useRef } from 'react';
import './session.css';
import { SessionView } from './session-view.tsx';

export interface SessionDrawerProps {
  readonly sessionId: string;
  readonly onClose: () => void;
}

/** One session, beside the list; a page of its own on a narrow screen. */
export function SessionDrawer({ sessionId, onClose }: SessionDrawerProps) {
  const root = useRef<HTMLElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    root.current?.focus();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    <aside
      ref={root}
      tabIndex={-1}
      aria-label="Session"
      className="fixed inset-0 z-30 flex flex-col border-line bg-surface outline-none sm:absolute sm:left-auto sm:w-[min(742px,100%)] session-drawer sm:border-l sm:shadow-panel"
    >
      <SessionView sessionId={sessionId} place="drawer" onClose={onClose} />
    </aside>
  );
}
