import { ErrorState } from '../../../components/error-state.tsx';
import { DecisionBanner } from '../decisions/decision-banner.tsx';
import { EventPanel } from '../detail/event-panel.tsx';
import { useSessionPlace } from '../session-place.ts';
import type { SessionTabProps } from '../session-tabs.tsx';
import { SplitPanes } from './split-panes.tsx';
import { TimelineGrid } from './timeline-grid.tsx';
import { TimelineToolbar } from './timeline-toolbar.tsx';
import { useTimeline } from './use-timeline.ts';

/** What happened when, and beside it the event the reader chose. */
export function TimelineTab({ session, search, onSearch }: SessionTabProps) {
  const timeline = useTimeline(session, search);
  const place = useSessionPlace();
  const failed = timeline.error !== null && timeline.events.length === 0;
  return (
    <div className="timeline flex min-h-0 flex-1 flex-col">
      <DecisionBanner session={session} />
      <TimelineToolbar timeline={timeline} search={search} onSearch={onSearch} />
      <SplitPanes
        side={place === 'page' ? 'beside' : 'below'}
        second={
          search.event === null ? null : (
            <EventPanel
              session={session}
              eventId={search.event}
              known={timeline.events.find((event) => event.id === search.event)}
              onClose={() => onSearch({ event: null })}
            />
          )
        }
      >
        {failed ? (
          <ErrorState
            what="The events could not be read"
            error={timeline.error}
            onRetry={timeline.retry}
          />
        ) : (
          <TimelineGrid
            timeline={timeline}
            openEvent={search.event}
            onOpen={(event, how) => onSearch({ event }, how)}
          />
        )}
      </SplitPanes>
    </div>
  );
}
