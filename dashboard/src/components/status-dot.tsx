import { classNames } from './class-names.ts';

/** A session's status as stored. */
export type Status = 'running' | 'done' | 'stale';

/** The shape of a status: running a full dot with a halo, done a ring, stale a hatched square. */
export function StatusDot({ status }: { readonly status: Status }) {
  return (
    <span aria-hidden="true" className={classNames('inline-block shrink-0', shapes[status])} />
  );
}

/** A status as shape and word. */
export function StatusLabel({
  status,
  quiet,
}: {
  readonly status: Status;
  readonly quiet?: boolean;
}) {
  const tone =
    status === 'running'
      ? 'text-accent font-semibold'
      : status === 'stale'
        ? 'text-gold font-semibold'
        : 'text-muted font-medium';
  return (
    <span className={classNames('inline-flex items-center gap-1.5', tone)}>
      <StatusDot status={status} />
      {quiet && status === 'running' ? 'Quiet' : words[status]}
    </span>
  );
}

const words: Readonly<Record<Status, string>> = {
  running: 'Running',
  done: 'Done',
  stale: 'Stale',
};

const shapes: Readonly<Record<Status, string>> = {
  running: 'size-2 rounded-full bg-accent ring-[2.5px] ring-accent/20',
  done: 'size-2 rounded-full border-[1.5px] border-faint',
  stale: 'size-2 rounded-[2px] border border-gold hatched',
};
