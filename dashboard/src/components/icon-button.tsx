import type { ComponentProps, ReactNode } from 'react';
import { classNames } from './class-names.ts';
import { Tip } from './tip.tsx';

export interface IconButtonProps extends Omit<ComponentProps<'button'>, 'children'> {
  readonly label: string;
  readonly icon: ReactNode;
}

/** A button that is only an icon; its name shows as a tip. */
export function IconButton({ label, icon, className, ...rest }: IconButtonProps) {
  return (
    <Tip text={label}>
      <button
        type="button"
        aria-label={label}
        {...rest}
        className={classNames(
          'inline-flex size-7 shrink-0 items-center justify-center rounded-md text-muted transition-colors hover:bg-sunk hover:text-text disabled:opacity-50 max-sm:size-9',
          className,
        )}
      >
        {icon}
      </button>
    </Tip>
  );
}
