import { ChevronsDownUp, ChevronsUpDown, ScanSearch, ZoomOut } from 'lucide-react';
import { useMemo } from 'react';
import { IconButton } from '../../../components/icon-button.tsx';
import { foldableKeys } from './foldable-keys.ts';
import type { Timeline } from './use-timeline.ts';

/** From so many events on it can matter where the axis is. */
const FIT_FROM = 40;

/** Where the axis is and how far the rows are unfolded. */
export function AxisButtons({ timeline }: { readonly timeline: Timeline }) {
  const { events, children, setToggled } = timeline;
  const foldable = useMemo(() => foldableKeys(events), [events]);
  return (
    <div className="flex shrink-0 justify-end max-sm:[&>*:not(:first-child)]:hidden">
      {timeline.zoom !== null && (
        <IconButton
          label="Show the whole session"
          icon={<ZoomOut size={15} strokeWidth={1.6} aria-hidden="true" />}
          onClick={() => timeline.setZoom(null)}
        />
      )}
      {(timeline.following || events.length >= FIT_FROM) && (
        <IconButton
          label="Fit the axis to the rows in sight"
          aria-pressed={timeline.following}
          icon={<ScanSearch size={15} strokeWidth={1.6} aria-hidden="true" />}
          onClick={() => timeline.setFollowing(!timeline.following)}
          className={timeline.following ? 'bg-sunk text-text' : ''}
        />
      )}
      {foldable.size > 0 && (
        <>
          <IconButton
            label="Fold all"
            icon={<ChevronsDownUp size={15} strokeWidth={1.6} aria-hidden="true" />}
            onClick={() => setToggled(foldable)}
          />
          <IconButton
            label="Unfold all"
            icon={<ChevronsUpDown size={15} strokeWidth={1.6} aria-hidden="true" />}
            onClick={() =>
              setToggled(new Set(children.map((child) => `sessions:${child.agentId ?? ''}`)))
            }
          />
        </>
      )}
    </div>
  );
}
