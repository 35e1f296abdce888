import { Archive, Check, Minus, type LucideIcon } from 'lucide-react';
import { classNames } from '../../components/class-names.ts';
import type { AgentStatus } from './status-words.ts';
import { statusWords } from './status-words.ts';

const tones: Readonly<Record<AgentStatus, string>> = {
  active: 'text-accent font-semibold',
  error: 'text-rust font-semibold',
  stale: 'text-gold font-semibold',
  new: 'text-text font-medium',
  idle: 'text-muted font-medium',
  shipped: 'text-text font-medium',
  deprecated: 'text-muted font-medium',
  archived: 'text-muted font-medium',
};
const shapes: Readonly<Partial<Record<AgentStatus, string>>> = {
  active: 'size-2 rounded-full bg-accent ring-[2.5px] ring-accent/20',
  error: 'size-2 rotate-45 rounded-[1px] bg-rust',
  stale: 'size-2 rounded-[2px] border border-gold hatched',
  new: 'size-2 rounded-full border-[1.5px] border-dashed border-muted',
  idle: 'size-2 rounded-full border-[1.5px] border-faint',
};
const icons: Readonly<Partial<Record<AgentStatus, LucideIcon>>> = {
  shipped: Check,
  deprecated: Minus,
  archived: Archive,
};

export interface AgentStatusMarkProps {
  readonly status: AgentStatus;
  readonly className?: string;
}

/** An agent's status as shape, colour and word (A2). */
export function AgentStatusMark({ status, className }: AgentStatusMarkProps) {
  const Icon = icons[status];
  return (
    <span
      className={classNames(
        'inline-flex shrink-0 items-center gap-1.5 whitespace-nowrap',
        tones[status],
        className,
      )}
    >
      {Icon === undefined ? (
        <span aria-hidden="true" className={classNames('inline-block shrink-0', shapes[status])} />
      ) : (
        <Icon size={12} strokeWidth={2} aria-hidden="true" className="-mx-0.5" />
      )}
      {statusWords[status]}
    </span>
  );
}
