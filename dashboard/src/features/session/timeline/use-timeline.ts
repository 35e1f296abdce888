import type { SessionDetail } from '@niitaka/protocol/session.ts';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { useNow } from '../../../lib/use-now.ts';
import { childrenQuery } from '../api/session-queries.ts';
import { useContentMatches } from '../api/use-content-matches.ts';
import { useTimelineEvents } from '../api/use-timeline-events.ts';
import type { SessionSearch } from '../session-search.ts';
import { buildRows, type TimelineRow } from './build-rows.ts';
import { toChildSession, type ChildSession } from './child-session.ts';
import { isFiltering, parseEventFilter } from './event-filter.ts';
import { createTimeScale, type Interval, type TimeScale } from './time-scale.ts';
import { timelineDomain } from './timeline-domain.ts';
import type { TimelineEvent } from './timeline-event.ts';

/** Everything the timeline draws. */
export interface Timeline {
  readonly events: readonly TimelineEvent[];
  readonly children: readonly ChildSession[];
  /** There are more children than are drawn. */
  readonly moreChildren: boolean;
  readonly complete: boolean;
  readonly error: unknown;
  readonly retry: () => void;
  readonly rows: readonly TimelineRow[];
  readonly matched: number;
  readonly filtering: boolean;
  readonly running: boolean;
  readonly nowMs: number;
  readonly originMs: number;
  /** The whole session, for the overview. */
  readonly whole: TimeScale;
  /** What is drawn: the whole, or the stretch the reader zoomed to. */
  readonly scale: TimeScale;
  readonly zoom: Interval | null;
  readonly setZoom: (zoom: Interval | null) => void;
  /** The axis follows the rows in sight, so that the bars of a long session can be read. */
  readonly following: boolean;
  readonly setFollowing: (following: boolean) => void;
  /** Where on the whole the axis is, when it follows. */
  readonly sight: Interval | null;
  readonly setSight: (sight: Interval | null) => void;
  readonly toggle: (key: string) => void;
  readonly setToggled: (keys: ReadonlySet<string>) => void;
}

const NONE: ReadonlySet<string> = new Set();
/** From so many events on the axis follows the rows unless the reader says otherwise. */
const FOLLOW_FROM = 150;
/** Following a part that is nearly all would only make the axis restless. */
const NEARLY_ALL = 0.6;

export function useTimeline(session: SessionDetail, search: SessionSearch): Timeline {
  const feed = useTimelineEvents(session.id, session.event_count);
  const { items: childRows, more: moreChildren = false } =
    useQuery({ ...childrenQuery(session.id), enabled: session.child_count > 0 }).data ?? {};
  const children = useMemo(() => (childRows ?? []).map(toChildSession), [childRows]);
  const found = useContentMatches(session.id, search.find);
  const [toggled, setToggled] = useState(NONE);
  const [zoom, setZoom] = useState<Interval | null>(null);
  const filter = useMemo(
    () => parseEventFilter(search.types, search.find, found, zoom),
    [search.types, search.find, found, zoom],
  );
  const { events } = feed;
  const showChildren = search.types.length === 0 && search.find.trim() === '';
  const built = useMemo(
    () => buildRows({ events, children, toggled, filter, showChildren }),
    [events, children, toggled, filter, showChildren],
  );
  const axis = useAxis(session, events, children);
  const follow = useFollow(axis.whole, events.length, zoom);
  return {
    ...feed,
    ...axis,
    ...follow,
    children,
    moreChildren,
    rows: built.rows,
    matched: built.matched,
    filtering: isFiltering(filter),
    running: session.status === 'running',
    zoom,
    setZoom,
    toggle: (key) => setToggled((keys) => withToggled(keys, key)),
    setToggled,
  };
}

function useFollow(
  whole: TimeScale,
  eventCount: number,
  zoom: Interval | null,
): Pick<Timeline, 'scale' | 'following' | 'setFollowing' | 'sight' | 'setSight'> {
  const [chosen, setFollowing] = useState<boolean | null>(null);
  const [seen, setSight] = useState<Interval | null>(null);
  const following = chosen ?? eventCount >= FOLLOW_FROM;
  const small =
    seen !== null && seen.endMs - seen.startMs < NEARLY_ALL * (whole.endMs - whole.startMs);
  const sight = following && zoom === null && small ? seen : null;
  const part = zoom ?? sight;
  const scale = useMemo(() => (part === null ? whole : createTimeScale(part, [])), [part, whole]);
  return {
    scale,
    following,
    setFollowing,
    sight,
    setSight: (next) => setSight((known) => (isSame(known, next) ? known : next)),
  };
}

function isSame(a: Interval | null, b: Interval | null): boolean {
  return a?.startMs === b?.startMs && a?.endMs === b?.endMs;
}

function useAxis(
  session: SessionDetail,
  events: readonly TimelineEvent[],
  children: readonly ChildSession[],
): Pick<Timeline, 'whole' | 'nowMs' | 'originMs'> {
  const nowMs = useNow();
  const originMs = Date.parse(session.started_at);
  const endMs = session.ended_at === null ? null : Date.parse(session.ended_at);
  const clockMs = endMs ?? nowMs;
  const domain = useMemo(
    () => timelineDomain({ startMs: originMs, endMs, nowMs: clockMs, events, children }),
    [originMs, endMs, clockMs, events, children],
  );
  const { startMs, endMs: lastMs } = domain;
  const whole = useMemo(() => {
    const ends = endMs === null ? [startMs] : [startMs, lastMs];
    return createTimeScale({ startMs, endMs: lastMs }, [
      ...events.map((event) => closed(event, endMs ?? lastMs)),
      ...children.map((child) => closed(child, endMs ?? lastMs)),
      ...ends.map((ms) => ({ startMs: ms, endMs: ms })),
    ]);
  }, [startMs, lastMs, endMs, events, children]);
  return { whole, nowMs, originMs };
}

/** What is open counts as busy to the end. */
function closed(
  one: { readonly startMs: number; readonly endMs: number | null },
  endMs: number,
): Interval {
  return { startMs: one.startMs, endMs: one.endMs ?? Math.max(one.startMs, endMs) };
}

function withToggled(keys: ReadonlySet<string>, key: string): ReadonlySet<string> {
  const next = new Set(keys);
  if (!next.delete(key)) next.add(key);
  return next;
}
