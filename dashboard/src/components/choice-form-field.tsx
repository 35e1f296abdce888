import type { ReactNode } from 'react';
import { Segments } from './segments.tsx';

export interface ChoiceFormFieldProps<T extends string> {
  readonly label: string;
  readonly value: T;
  readonly items: readonly { readonly value: T; readonly label: ReactNode }[];
  readonly problem?: string | undefined;
  readonly onChange: (value: T) => void;
}

/** A field of a form with a few values. */
export function ChoiceFormField<T extends string>(props: ChoiceFormFieldProps<T>) {
  const { label, problem, ...rest } = props;
  return (
    <div className="flex min-w-0 flex-col items-start gap-1">
      <span aria-hidden="true" className="text-sm text-muted">
        {label}
      </span>
      <div className="flex">
        <Segments label={label} {...rest} />
      </div>
      {problem !== undefined && <span className="text-sm text-rust">{problem}</span>}
    </div>
  );
}
