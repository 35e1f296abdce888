import { Field, TextInput } from '../../../components/field.tsx';

export interface TextFieldProps {
  readonly label: string;
  readonly hint: string;
  readonly value: string | undefined;
  readonly onChange: (value: string | undefined) => void;
}

/** A filter on text; holds when Enter is pressed or the field is left. */
export function TextField({ label, hint, value, onChange }: TextFieldProps) {
  const take = (text: string) => {
    const next = text.trim() === '' ? undefined : text.trim().replaceAll(/\s*,\s*/g, ',');
    if (next !== value) onChange(next);
  };
  return (
    <Field label={label}>
      <TextInput
        key={value ?? ''}
        defaultValue={value ?? ''}
        placeholder={hint}
        onBlur={(event) => take(event.target.value)}
        onKeyDown={(event) => event.key === 'Enter' && take(event.currentTarget.value)}
      />
    </Field>
  );
}
