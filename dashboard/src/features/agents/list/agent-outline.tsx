import { Skeleton } from '../../../components/skeleton.tsx';
import { agentGrid } from './agent-grid.ts';

/** The shape of the cards while they are read. */
export function AgentOutline() {
  return (
    <div className={agentGrid}>
      {['w-1/2', 'w-2/3', 'w-2/5', 'w-3/5', 'w-1/2', 'w-2/3'].map((width, index) => (
        <div
          // oxlint-disable-next-line react/no-array-index-key -- the outlines are always the same
          key={index}
          className="flex h-[136px] flex-col gap-3 rounded-lg border border-line bg-surface p-3"
        >
          <Skeleton className={`h-4 ${width}`} />
          <Skeleton className="h-7 w-full" />
          <Skeleton className="h-9 w-full" />
        </div>
      ))}
    </div>
  );
}
