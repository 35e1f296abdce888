import { scopeNames } from '../../../lib/policy-words/type-names.ts';
import { ChoiceFormField } from '../../../components/choice-form-field.tsx';
import type { FormPartProps } from './form-part.ts';
import { TextFormField } from './text-form-field.tsx';

const scopes = (['session', 'tree', 'day'] as const).map((value) => ({
  value,
  label: scopeNames[value],
}));
const actions = [
  { value: 'warn', label: 'Warn' },
  { value: 'abort', label: 'Abort' },
] as const;

/** The threshold of a limit, whose total it looks at, and what it does. */
export function LimitFields(props: FormPartProps) {
  const { form, problems, onChange } = props;
  return (
    <>
      {form.type === 'cost_limit' ? (
        <TextFormField
          {...props}
          field="costUsd"
          label="Fires above (USD)"
          input={{ inputMode: 'decimal', placeholder: '0.50' }}
        />
      ) : (
        <TextFormField
          {...props}
          field="steps"
          label="Fires at (steps)"
          input={{ inputMode: 'numeric', placeholder: '40' }}
        />
      )}
      <ChoiceFormField
        label="What it does"
        value={form.limitAction}
        items={actions}
        problem={problems.limitAction}
        onChange={(limitAction) => onChange({ limitAction })}
      />
      <ChoiceFormField
        label="What it counts"
        value={form.scope}
        items={scopes}
        problem={problems.scope}
        onChange={(scope) => onChange({ scope })}
      />
    </>
  );
}
