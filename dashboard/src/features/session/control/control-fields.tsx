import { Field, TextInput } from '../../../components/field.tsx';
import type { AskedCommand } from './control-dialog.tsx';
import type { FieldValues } from './read-fields.ts';

export interface ControlFieldsProps {
  readonly asked: AskedCommand;
  readonly fields: FieldValues;
  readonly onChange: (fields: FieldValues) => void;
}

/** The fields of one command; none for those that need no word. */
export function ControlFields({ asked, fields, onChange }: ControlFieldsProps) {
  const input = (name: keyof Omit<FieldValues, 'wholeTree'>, more: object = {}) => (
    <TextInput
      value={fields[name]}
      onChange={(event) => onChange({ ...fields, [name]: event.target.value })}
      {...more}
    />
  );
  switch (asked) {
    case 'pause':
      return (
        <Field label="For at most (minutes)">{input('minutes', { inputMode: 'decimal' })}</Field>
      );
    case 'abort':
      return (
        <Field label="Reason, for the agent’s log">
          {input('reason', { maxLength: 500, placeholder: 'optional' })}
        </Field>
      );
    case 'limit':
      return (
        <div className="grid grid-cols-2 gap-3">
          <Field label="Cost (USD)">
            {input('costUsd', { inputMode: 'decimal', placeholder: 'no limit' })}
          </Field>
          <Field label="Steps">
            {input('steps', { inputMode: 'numeric', placeholder: 'no limit' })}
          </Field>
        </div>
      );
    case 'model':
      return <Field label="Model">{input('model', { maxLength: 200 })}</Field>;
    case 'resume':
    case 'end':
      return null;
  }
}
