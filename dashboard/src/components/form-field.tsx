import { useId, type ReactNode } from 'react';

/** What ties an input to its field's problem. */
export interface FieldAria {
  readonly id: string;
  readonly 'aria-invalid'?: true;
  readonly 'aria-describedby'?: string;
}

export interface FormFieldProps {
  readonly label: string;
  readonly hint?: string;
  readonly problem: string | undefined;
  readonly children: (aria: FieldAria) => ReactNode;
}

/** A field with its name above, and below it what is wrong or worth knowing. */
export function FormField({ label, hint, problem, children }: FormFieldProps) {
  const id = useId();
  const noteId = `${id}-note`;
  const note = problem ?? hint;
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <label htmlFor={id} className="text-sm text-muted">
        {label}
      </label>
      {children({
        id,
        ...(note !== undefined && { 'aria-describedby': noteId }),
        ...(problem !== undefined && { 'aria-invalid': true }),
      })}
      {note !== undefined && (
        <span
          id={noteId}
          className={`text-sm ${problem === undefined ? 'text-muted' : 'text-rust'}`}
        >
          {note}
        </span>
      )}
    </div>
  );
}
