import { Tabs as Base } from '@base-ui/react/tabs';
import type { ReactNode } from 'react';

/** One tab: its id in the URL, its name, how much it holds. */
export interface TabItem {
  readonly id: string;
  readonly label: string;
  readonly count?: number;
}

export interface TabsProps {
  readonly items: readonly TabItem[];
  readonly value: string;
  readonly onChange: (id: string) => void;
  readonly label: string;
  readonly children: ReactNode;
}

/** Tabs with one panel, that of the chosen tab. */
export function Tabs({ items, value, onChange, label, children }: TabsProps) {
  return (
    <Base.Root
      value={value}
      onValueChange={(next) => onChange(String(next))}
      className="flex min-h-0 flex-1 flex-col"
    >
      <Base.List
        aria-label={label}
        className="relative flex shrink-0 gap-5 overflow-x-auto border-b border-line px-5"
      >
        {items.map((item) => (
          <Base.Tab
            key={item.id}
            value={item.id}
            className="-mb-px flex h-9 items-center gap-1.5 border-b-2 border-transparent font-semibold whitespace-nowrap text-muted outline-offset-[-2px] hover:text-text data-[active]:border-text data-[active]:text-text"
          >
            {item.label}
            {item.count !== undefined && item.count > 0 && (
              <span className="rounded-full bg-sunk px-1.5 text-xs text-muted">{item.count}</span>
            )}
          </Base.Tab>
        ))}
      </Base.List>
      <Base.Panel value={value} className="flex min-h-0 flex-1 flex-col outline-offset-[-2px]">
        {children}
      </Base.Panel>
    </Base.Root>
  );
}
