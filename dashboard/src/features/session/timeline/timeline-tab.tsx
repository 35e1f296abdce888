import { Button } from '../../../components/button.tsx';
import { classNames } from '../../../components/class-names.ts';
import { ErrorState, messageOf } from '../../../components/error-state.tsx';
import { formatCount } from '../../../lib/format-count.ts';
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
    <div
      className={classNames(
        'timeline flex min-h-0 flex-1 flex-col',
        place === 'page' && 'timeline-wide',
      )}
    >
      <DecisionBanner session={session} />
      {timeline.error !== null && !failed && (
        <p
          role="alert"
          className="flex shrink-0 items-center gap-2 px-5 pt-2 text-rust max-sm:px-4"
        >
          Reading the events stopped after {formatCount(timeline.events.length)}:{' '}
          {messageOf(timeline.error)}
          <Button onClick={timeline.retry}>Retry</Button>
        </p>
      )}
      {timeline.moreChildren && (
        <p className="shrink-0 px-5 pt-2 text-muted max-sm:px-4">
          {formatCount(timeline.children.length)} of {formatCount(session.child_count)} child
          sessions are drawn; the list of sessions has them all.
        </p>
      )}
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
