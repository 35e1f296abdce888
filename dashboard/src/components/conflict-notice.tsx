import type { ReactNode } from 'react';
import { Button } from './button.tsx';
import { TimeAgo } from './time-text.tsx';

export interface ConflictNoticeProps {
  /** Who was faster, and when. */
  readonly who: string;
  readonly at?: string | undefined;
  /** The revision that stands by now. */
  readonly revision: number;
  /** Both contents, where they differ. */
  readonly children: ReactNode;
  readonly onTake: () => void;
  readonly onKeep: () => void;
}

/** Somebody else changed what is edited here: both contents, and which of them shall stand. */
export function ConflictNotice(props: ConflictNoticeProps) {
  const { who, at, revision, children, onTake, onKeep } = props;
  return (
    <section
      ref={bringIntoSight}
      role="alert"
      aria-label="Changed at the same time"
      className="mb-4 rounded-md border border-gold bg-gold-soft/40 p-3"
    >
      <p>
        <strong className="font-semibold">Changed by {who} while you did</strong>
        {at !== undefined && (
          <>
            , <TimeAgo at={at} />
          </>
        )}
        . Revision {revision} stands now.
      </p>
      {children}
      <div className="mt-3 flex flex-wrap gap-2">
        <Button onClick={onTake}>Take revision {revision}</Button>
        <Button onClick={onKeep}>Save yours over it</Button>
      </div>
    </section>
  );
}

/** The editor may be scrolled down to its button. */
function bringIntoSight(element: HTMLElement | null): void {
  element?.scrollIntoView({ block: 'nearest' });
}
