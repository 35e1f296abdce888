import type { ReactNode } from 'react';
import { classNames } from './class-names.ts';

/** What a tag's colour means; words say it too. */
export type Tone = 'neutral' | 'accent' | 'gold' | 'rust' | 'olive' | 'llm' | 'tool';

const tones: Readonly<Record<Tone, string>> = {
  neutral: 'bg-sunk text-muted',
  accent: 'bg-accent-soft text-accent',
  gold: 'bg-gold-soft text-gold',
  rust: 'bg-rust-soft text-rust',
  olive: 'bg-olive-soft text-olive',
  llm: 'bg-llm-soft text-llm',
  tool: 'bg-tool-soft text-tool',
};

export interface TagProps {
  readonly tone?: Tone;
  readonly title?: string;
  readonly className?: string;
  readonly children: ReactNode;
}

/** A few words in a small coloured box. */
export function Tag({ tone = 'neutral', title, className, children }: TagProps) {
  return (
    <span
      title={title}
      className={classNames(
        'inline-flex h-[18px] shrink-0 items-center rounded-sm px-1.5 text-xs font-medium whitespace-nowrap',
        tone !== 'neutral' && 'font-semibold',
        tones[tone],
        className,
      )}
    >
      {children}
    </span>
  );
}
