import { EmptyState } from '../../../components/empty-state.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import type { Timeline } from './use-timeline.ts';

/** Why there is no row, or the shape of those that are being read. */
export function NoRows({ timeline }: { readonly timeline: Timeline }) {
  return (
    <div className="absolute inset-x-0 top-[50px] bottom-0 bg-surface">
      <Reason timeline={timeline} />
    </div>
  );
}

function Reason({ timeline }: { readonly timeline: Timeline }) {
  if (!timeline.complete) {
    return (
      <div className="flex flex-col gap-3 px-5 pt-2 max-sm:px-4">
        {[64, 52, 70, 44, 58].map((width) => (
          <Skeleton key={width} className="h-4 w-40" />
        ))}
      </div>
    );
  }
  if (timeline.filtering) {
    return <EmptyState title="No event matches">Change the search or the types above.</EmptyState>;
  }
  return (
    <EmptyState title={timeline.running ? 'No events yet' : 'No events'}>
      {timeline.running
        ? 'They appear here as they arrive.'
        : 'The session ended without sending one.'}
    </EmptyState>
  );
}
