import type { FormField, PolicyForm } from './policy-form.ts';
import type { FormProblems } from './read-form.ts';

/** What every part of the editor is given. */
export interface FormPartProps {
  readonly form: PolicyForm;
  readonly problems: FormProblems;
  readonly onChange: (change: Partial<PolicyForm>) => void;
}

/** Fields that are typed as text. */
export type TextFormField = {
  [F in FormField]: string extends PolicyForm[F] ? F : never;
}[FormField];
