import { classNames } from './class-names.ts';

/** A grey bar in the shape of what will stand here. */
export function Skeleton({ className }: { readonly className?: string }) {
  return (
    <span
      aria-hidden="true"
      className={classNames('block animate-shimmer rounded-sm bg-sunk', className)}
    />
  );
}
