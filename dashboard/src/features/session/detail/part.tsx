import type { ReactNode } from 'react';
import { classNames } from '../../../components/class-names.ts';

export interface PartProps {
  readonly title: ReactNode;
  readonly aside?: ReactNode;
  readonly tone?: 'plain' | 'quiet' | 'error';
  readonly children: ReactNode;
}

const tones = {
  plain: 'border-line',
  quiet: 'border-line2 bg-row',
  error: 'border-rust bg-rust-soft',
} as const;

/** One titled piece of an event. */
export function Part({ title, aside, tone = 'plain', children }: PartProps) {
  return (
    <div className={classNames('rounded-md border px-3 py-2', tones[tone])}>
      <div className="mb-1 flex items-baseline gap-2">
        <h3 className="text-xs font-semibold tracking-wide text-muted uppercase">{title}</h3>
        {aside !== undefined && <span className="text-xs text-muted">{aside}</span>}
      </div>
      {children}
    </div>
  );
}
