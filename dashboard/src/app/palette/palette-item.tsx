import { Command } from 'cmdk';
import type { ReactNode } from 'react';

/** Items of one kind under their name. */
export function Group(props: {
  readonly title: string;
  readonly forced?: boolean;
  readonly children: ReactNode;
}) {
  return (
    <Command.Group
      heading={props.title}
      forceMount={props.forced ?? false}
      className="[&_[cmdk-group-heading]]:px-2.5 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:text-muted"
    >
      {props.children}
    </Command.Group>
  );
}

export interface ItemProps {
  readonly value: string;
  readonly forced?: boolean;
  readonly onSelect: () => void;
  readonly children: ReactNode;
}

/** One thing to choose. */
export function Item({ value, forced = false, onSelect, children }: ItemProps) {
  return (
    <Command.Item
      value={value}
      forceMount={forced}
      onSelect={onSelect}
      className="flex min-h-9 cursor-pointer items-center gap-2 rounded-md px-2.5 data-[selected=true]:bg-sunk"
    >
      {children}
    </Command.Item>
  );
}
