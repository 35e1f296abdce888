import type { Event } from '@niitaka/protocol/event.ts';
import type { SessionDetail } from '@niitaka/protocol/session.ts';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { X } from 'lucide-react';
import { useEffect, useState } from 'react';
import { classNames } from '../../../components/class-names.ts';
import { ErrorState } from '../../../components/error-state.tsx';
import { IconButton } from '../../../components/icon-button.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import { eventQuery } from '../api/session-queries.ts';
import { eventLabel } from '../timeline/event-label.ts';
import { toTimelineEvent, type TimelineEvent } from '../timeline/timeline-event.ts';
import { TypeTag } from '../timeline/type-tag.tsx';
import { EventBody } from './event-body.tsx';
import { eventFacts } from './event-facts.ts';
import { RawEvent } from './raw-event.tsx';

export interface EventPanelProps {
  readonly session: SessionDetail;
  readonly eventId: string;
  /** What the timeline knows of it, shown until the whole event is here. */
  readonly known: TimelineEvent | undefined;
  readonly onClose: () => void;
}

/** Moving on this fast means passing by: an event that is only passed is not read. */
const PASSING_MS = 90;

/** The chosen event whole: what was said, asked and answered, what it cost, what failed. */
export function EventPanel({ session, eventId, known, onClose }: EventPanelProps) {
  const [raw, setRaw] = useState(false);
  const rested = useRestedId(eventId);
  const query = useQuery({ ...eventQuery(session.id, rested), placeholderData: keepPreviousData });
  const event = query.data?.event_id === eventId ? query.data : undefined;
  useReadAgainWhenClosed(event, known, () => void query.refetch());
  const shown = known ?? (event && toTimelineEvent(event));
  return (
    <section
      aria-label="Event"
      className="flex min-h-0 flex-1 flex-col bg-surface outline-offset-[-2px]"
    >
      <div className="flex shrink-0 items-center gap-2 px-5 pt-2.5 pb-1.5 max-sm:px-4">
        {shown !== undefined && <PanelTitle event={shown} whole={event} />}
        <span className="flex-1" />
        <button
          type="button"
          aria-pressed={raw}
          onClick={() => setRaw(!raw)}
          className={classNames(
            'rounded-sm px-1.5 py-0.5 text-sm hover:bg-sunk hover:text-text',
            raw ? 'bg-sunk font-semibold text-text' : 'text-muted',
          )}
        >
          Raw
        </button>
        <IconButton
          label="Close the event"
          icon={<X size={15} strokeWidth={1.6} aria-hidden="true" />}
          onClick={onClose}
        />
      </div>
      <div
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls takes the focus
        tabIndex={0}
        className="min-h-0 flex-1 overflow-y-auto px-5 pb-6 outline-offset-[-2px] max-sm:px-4"
      >
        {event !== undefined ? (
          raw ? (
            <RawEvent event={event} />
          ) : (
            <EventBody key={event.event_id} event={event} session={session} />
          )
        ) : query.isError ? (
          <ErrorState
            what="The event could not be read"
            error={query.error}
            onRetry={() => void query.refetch()}
          />
        ) : (
          <div className="flex flex-col gap-2 pt-1">
            <Skeleton className="h-14 w-full" />
            <Skeleton className="h-20 w-full" />
          </div>
        )}
      </div>
    </section>
  );
}

function PanelTitle({
  event,
  whole,
}: {
  readonly event: TimelineEvent;
  readonly whole: Event | undefined;
}) {
  return (
    <div className="flex min-w-0 flex-wrap items-center gap-x-2">
      <TypeTag type={event.type} />
      <h2 className="min-w-0 truncate font-semibold">{eventLabel(event).name}</h2>
      <p className="text-muted">{eventFacts(event, whole).join(' · ')}</p>
    </div>
  );
}

function useRestedId(eventId: string): string {
  const [rested, setRested] = useState(eventId);
  useEffect(() => {
    const timer = setTimeout(() => setRested(eventId), PASSING_MS);
    return () => clearTimeout(timer);
  }, [eventId]);
  return rested;
}

/** An open call that has closed meanwhile has its answer now. */
function useReadAgainWhenClosed(
  event: Event | undefined,
  known: TimelineEvent | undefined,
  readAgain: () => void,
): void {
  const stale = event !== undefined && known !== undefined && known.position > event.position;
  useEffect(() => {
    if (stale) readAgain();
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [stale, known?.position]);
}
