import type { ReactNode } from 'react';
import { classNames } from './class-names.ts';

export interface SegmentsProps<T extends string> {
  readonly label: string;
  readonly value: T | null;
  readonly items: readonly { readonly value: T; readonly label: ReactNode }[];
  readonly onChange: (value: T) => void;
}

/** A row of buttons of which one is pressed. */
export function Segments<T extends string>({ label, value, items, onChange }: SegmentsProps<T>) {
  return (
    <fieldset
      aria-label={label}
      className="inline-flex h-[30px] items-stretch rounded-md border border-line bg-sunk p-px max-sm:h-9"
    >
      {items.map((item) => (
        <button
          key={item.value}
          type="button"
          aria-pressed={item.value === value}
          onClick={() => onChange(item.value)}
          className={classNames(
            'rounded-[6px] px-2.5 font-semibold whitespace-nowrap transition-colors',
            item.value === value
              ? 'bg-surface text-text shadow-[0_0_0_1px_var(--line)]'
              : 'text-muted hover:text-text',
          )}
        >
          {item.label}
        </button>
      ))}
    </fieldset>
  );
}
