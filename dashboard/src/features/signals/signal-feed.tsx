import { ArrowUp } from 'lucide-react';
import { useCallback, useRef } from 'react';
import { Button } from '../../components/button.tsx';
import { ErrorState } from '../../components/error-state.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import type { Query } from '../../lib/api/api-fetch.ts';
import { useRowFocus } from '../../lib/keys/use-row-focus.ts';
import { useNowText } from '../../lib/use-now.ts';
import type { Range } from '../../lib/url/range.ts';
import type { SearchParams } from '../../lib/url/search-params.ts';
import { groupByDay } from './group-by-day.ts';
import { NoSignals } from './no-signals.tsx';
import { SignalDaySection } from './signal-day.tsx';
import { useIsUnread } from './use-is-unread.ts';
import { useSignalFeed } from './use-signal-feed.ts';

export interface SignalFeedProps {
  readonly search: SearchParams;
  readonly query: Query;
  readonly range: Range;
  readonly onChange: (change: SearchParams) => void;
}

/** A reader this far down, in px, is not at the top. */
const topPx = 8;

/** The feed by day; what comes while the reader is further down waits behind a pill. */
export function SignalFeed({ search, query, range, onChange }: SignalFeedProps) {
  const scroller = useRef<HTMLElement>(null);
  const isAtTop = useCallback(() => (scroller.current?.scrollTop ?? 0) <= topPx, []);
  const feed = useSignalFeed(query, isAtTop);
  const { pages, items } = feed;
  const today = useNowText((nowMs) => new Date(nowMs).toDateString());
  const isUnread = useIsUnread();
  useRowFocus(scroller);
  const showWaiting = () => {
    feed.showWaiting();
    scroller.current?.scrollTo({ top: 0 });
  };
  return (
    <div className="relative flex min-h-0 flex-1 flex-col">
      {feed.waiting > 0 && (
        <Button
          look="primary"
          onClick={showWaiting}
          className="absolute top-2 left-1/2 z-20 -translate-x-1/2 rounded-full shadow-panel"
        >
          <ArrowUp size={13} strokeWidth={2} aria-hidden="true" /> {feed.waiting} new
        </Button>
      )}
      <section
        ref={scroller}
        aria-label="Signals by day"
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls takes the focus
        tabIndex={0}
        className="min-h-0 flex-1 overflow-y-auto px-5 pb-10 outline-offset-[-2px] max-sm:px-3"
      >
        {items === undefined ? (
          pages.isError ? (
            <ErrorState
              what="The signals could not be read"
              error={pages.error}
              onRetry={() => void pages.refetch()}
            />
          ) : (
            <FeedOutline />
          )
        ) : items.length === 0 ? (
          <NoSignals search={search} range={range} onChange={onChange} />
        ) : (
          groupByDay(items, Date.parse(today)).map((day, index, days) => (
            <SignalDaySection
              key={day.startMs}
              day={day}
              hasOlder={pages.hasNextPage && index === days.length - 1}
              isFresh={feed.isFresh}
              isUnread={isUnread}
            />
          ))
        )}
        {pages.hasNextPage && (
          <Button
            className="mt-4"
            disabled={pages.isFetchingNextPage}
            onClick={() => void pages.fetchNextPage()}
          >
            {pages.isFetchingNextPage ? 'Reading older signals …' : 'Older signals'}
          </Button>
        )}
      </section>
    </div>
  );
}

function FeedOutline() {
  return ['w-2/3', 'w-1/2', 'w-3/5', 'w-2/5'].map((width) => (
    <div key={width} className="flex h-9 items-center">
      <Skeleton className={`h-5 ${width}`} />
    </div>
  ));
}
