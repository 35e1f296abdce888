import { useId, type ComponentProps } from 'react';
import { TextInput } from '../../../components/field.tsx';
import { FormField } from '../../../components/form-field.tsx';
import type { FormPartProps, TextFormField as TextName } from './form-part.ts';

export interface TextFormFieldProps extends FormPartProps {
  readonly field: TextName;
  readonly label: string;
  readonly hint?: string;
  /** Values to choose from; any other may be typed. */
  readonly known?: readonly string[];
  readonly input?: ComponentProps<'input'>;
}

/** A field of the editor that is typed. */
export function TextFormField(props: TextFormFieldProps) {
  const { field, label, hint, known, form, problems, onChange, input } = props;
  const listId = useId();
  return (
    <FormField label={label} problem={problems[field]} {...(hint !== undefined && { hint })}>
      {(aria) => (
        <>
          <TextInput
            {...input}
            {...aria}
            {...(known !== undefined && { list: listId })}
            value={form[field]}
            onChange={(event) => onChange({ [field]: event.target.value })}
            className="aria-invalid:border-rust"
          />
          {known !== undefined && (
            <datalist id={listId}>
              {known.map((name) => (
                <option key={name}>{name}</option>
              ))}
            </datalist>
          )}
        </>
      )}
    </FormField>
  );
}
