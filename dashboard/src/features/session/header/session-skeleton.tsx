import { Skeleton } from '../../../components/skeleton.tsx';

/** The shape of a session that is being read. */
export function SessionSkeleton() {
  return (
    <output aria-label="Reading the session" className="flex flex-col gap-3 p-5">
      <Skeleton className="h-5 w-64" />
      <Skeleton className="h-6 w-[80%]" />
      <Skeleton className="h-4 w-72" />
      <Skeleton className="h-[58px] w-full" />
      <Skeleton className="mt-2 h-6 w-80" />
      {[70, 55, 62, 40, 66, 48, 58, 36].map((width, index) => (
        <div key={width} className="flex gap-4">
          <Skeleton className="h-4 w-[30%]" />
          <span className="flex-1" style={{ paddingLeft: `${index * 6}%` }}>
            <Skeleton className="h-4 w-24" />
          </span>
        </div>
      ))}
    </output>
  );
}
