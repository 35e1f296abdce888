import { useMemo, useState, type KeyboardEvent, type PointerEvent } from 'react';
import { formatDuration } from '../../../lib/format-duration.ts';
import { buildOverview, overviewLanes, type Overview } from './build-overview.ts';
import { percent } from './percent.ts';
import { fractionAt, timeAt } from './time-scale.ts';
import type { Timeline } from './use-timeline.ts';
import { zoomByKey } from './zoom-by-key.ts';

const BUCKETS = 400;
const LANE_HEIGHT = 3;
const LANE_GAP = 1;
/** A drag shorter than this share of the strip is a click: it shows the whole session again. */
const LEAST_DRAG = 0.01;

/** The whole session as a strip of lanes by type; dragging over it zooms the rows to that time. */
export function TimelineOverview({ timeline }: { readonly timeline: Timeline }) {
  const { whole, events, children, sight, setZoom } = timeline;
  const zoom = timeline.zoom ?? sight;
  const [drag, setDrag] = useState<readonly [number, number] | null>(null);
  const overview = useMemo(
    () => buildOverview(whole, events, children, BUCKETS),
    [whole, events, children],
  );
  const shown =
    drag ?? (zoom && ([fractionAt(whole, zoom.startMs), fractionAt(whole, zoom.endMs)] as const));

  const finish = () => {
    if (drag === null) return;
    const [from, to] = drag[0] < drag[1] ? drag : [drag[1], drag[0]];
    setDrag(null);
    if (to - from < LEAST_DRAG) setZoom(null);
    else setZoom({ startMs: timeAt(whole, from), endMs: timeAt(whole, to) });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const next = zoomByKey(zoom, whole, event.key);
    if (next === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    setZoom(next);
  };
  return (
    <div
      title="Drag to zoom; + and − zoom, arrows move, 0 shows all"
      // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- an input cannot hold what is drawn here
      role="slider"
      tabIndex={0}
      aria-label="Stretch of the session shown: plus and minus zoom, arrows move, 0 shows all"
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round((shown?.[0] ?? 0) * 100)}
      aria-valuetext={
        zoom === null
          ? 'the whole session'
          : `${formatDuration(zoom.startMs - timeline.originMs)} to ${formatDuration(zoom.endMs - timeline.originMs)}`
      }
      onKeyDown={onKeyDown}
      className="absolute inset-x-0 top-0 h-6 cursor-crosshair touch-none overflow-hidden rounded-[3px] bg-row"
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        const at = fractionOf(event);
        setDrag([at, at]);
      }}
      onPointerMove={(event) => drag && setDrag([drag[0], fractionOf(event)])}
      onPointerUp={finish}
      onPointerCancel={() => setDrag(null)}
    >
      <Lanes overview={overview} />
      {shown !== null && (
        <span
          className="absolute inset-y-0 border-x border-accent bg-accent/15"
          style={{
            left: percent(Math.min(shown[0], shown[1])),
            width: percent(Math.abs(shown[1] - shown[0])),
          }}
        />
      )}
    </div>
  );
}

function Lanes({ overview }: { readonly overview: Overview }) {
  const height = overviewLanes.length * (LANE_HEIGHT + LANE_GAP);
  return (
    <svg
      aria-hidden="true"
      viewBox={`0 0 ${BUCKETS} ${height}`}
      preserveAspectRatio="none"
      className="size-full"
    >
      {overviewLanes.map((lane, index) => (
        <path
          key={lane}
          className={`bar-${lane} fill-(--bar-color)`}
          d={overview.lanes[lane]
            .map(
              ([from, to]) =>
                `M${from} ${index * (LANE_HEIGHT + LANE_GAP)}h${to - from}v${LANE_HEIGHT}h${from - to}z`,
            )
            .join('')}
        />
      ))}
    </svg>
  );
}

function fractionOf(event: PointerEvent): number {
  const box = event.currentTarget.getBoundingClientRect();
  return Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
}
