import type { ComponentProps, ReactNode } from 'react';
import { classNames } from './class-names.ts';

/** The look of a text field. */
export const inputClass =
  'h-[30px] w-full min-w-0 rounded-md border border-line bg-surface px-2.5 text-text hover:border-faint focus:border-accent max-sm:h-9 max-sm:text-[16px]';

/** A text field. */
export function TextInput({ className, ...rest }: ComponentProps<'input'>) {
  return (
    <input
      autoComplete="off"
      spellCheck={false}
      {...rest}
      className={classNames(inputClass, className)}
    />
  );
}

/** A field with its name above. */
export function Field({
  label,
  children,
}: {
  readonly label: string;
  readonly children: ReactNode;
}) {
  return (
    <label className="flex flex-col gap-1">
      <span className="text-sm text-muted">{label}</span>
      {children}
    </label>
  );
}
