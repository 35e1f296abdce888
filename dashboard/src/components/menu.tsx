import { Menu as Base } from '@base-ui/react/menu';
import { Check } from 'lucide-react';
import type { ReactElement, ReactNode } from 'react';
import { classNames } from './class-names.ts';
import { popupClass } from './popup-class.ts';

export interface MenuProps {
  readonly trigger: ReactElement;
  readonly align?: 'start' | 'center' | 'end';
  readonly children: ReactNode;
  readonly className?: string;
}

/** A list of actions under a button. */
export function Menu({ trigger, align = 'end', children, className }: MenuProps) {
  return (
    <Base.Root modal={false}>
      <Base.Trigger render={trigger as ReactElement<Record<string, unknown>>} />
      <Base.Portal>
        <Base.Positioner sideOffset={6} align={align} className="z-40">
          <Base.Popup
            className={classNames(
              popupClass,
              'max-h-[min(70vh,var(--available-height))] min-w-44 overflow-y-auto p-1',
              className,
            )}
          >
            {children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

export interface MenuItemProps {
  readonly children: ReactNode;
  readonly onSelect: () => void;
  readonly danger?: boolean;
}

/** One action of a menu. */
export function MenuItem({ children, onSelect, danger = false }: MenuItemProps) {
  return (
    <Base.Item onClick={onSelect} className={classNames(itemClass, danger && 'text-rust')}>
      {children}
    </Base.Item>
  );
}

export interface MenuChoiceProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly items: readonly { readonly value: string; readonly label: ReactNode }[];
}

/** One of several, marked with a tick. */
export function MenuChoice({ value, onChange, items }: MenuChoiceProps) {
  return (
    <Base.RadioGroup value={value} onValueChange={(next) => onChange(String(next))}>
      {items.map((item) => (
        <Base.RadioItem key={item.value} value={item.value} closeOnClick className={itemClass}>
          <span className="flex w-4 justify-center">
            <Base.RadioItemIndicator>
              <Check size={13} aria-hidden="true" />
            </Base.RadioItemIndicator>
          </span>
          {item.label}
        </Base.RadioItem>
      ))}
    </Base.RadioGroup>
  );
}

/** A hairline between groups of a menu. */
export function MenuLine() {
  return <Base.Separator className="my-1 h-px bg-line2" />;
}

const itemClass =
  'flex min-h-8 cursor-pointer items-center gap-2 rounded-sm px-2 select-none outline-none data-[highlighted]:bg-sunk';
