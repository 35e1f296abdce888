import type { ComponentProps } from 'react';
import { classNames } from './class-names.ts';

/** How loud a button is. */
export type ButtonLook = 'plain' | 'primary' | 'ghost' | 'danger' | 'dashed';

const looks: Readonly<Record<ButtonLook, string>> = {
  plain: 'border-line bg-surface text-text hover:bg-row aria-expanded:bg-row',
  primary: 'border-transparent bg-accent text-on-accent hover:brightness-110',
  ghost: 'border-transparent text-muted hover:bg-sunk hover:text-text aria-expanded:bg-sunk',
  danger: 'border-line bg-surface text-rust hover:bg-rust-soft',
  dashed: 'border-dashed border-line text-muted hover:border-faint hover:text-text',
};

export interface ButtonProps extends ComponentProps<'button'> {
  readonly look?: ButtonLook;
}

/** A button, 30 px high; its icon and words stand in one line. */
export function Button({ look = 'plain', className, type = 'button', ...rest }: ButtonProps) {
  return <button type={type} {...rest} className={buttonClass(look, className)} />;
}

/** The classes of a button, for links that look like one. */
export function buttonClass(look: ButtonLook = 'plain', more?: string): string {
  return classNames(
    'inline-flex h-[30px] shrink-0 items-center justify-center gap-1.5 rounded-md border px-2.5 font-semibold whitespace-nowrap select-none',
    'transition-colors disabled:opacity-50 max-sm:h-9',
    looks[look],
    more,
  );
}
