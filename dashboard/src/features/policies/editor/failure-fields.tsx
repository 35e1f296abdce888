import { ChoiceFormField } from '../../../components/choice-form-field.tsx';
import { ErrorChoice } from './error-choice.tsx';
import type { FormPartProps } from './form-part.ts';
import { TextFormField } from './text-form-field.tsx';

const backoffs = [
  { value: 'exponential', label: 'Doubles' },
  { value: 'linear', label: 'Grows' },
  { value: 'constant', label: 'Stays' },
] as const;
const number = { inputMode: 'decimal' } as const;

/** What happens after a failed call: how it is repeated, or the model to go on with. */
export function FailureFields(props: FormPartProps) {
  const { form, problems, onChange } = props;
  return (
    <>
      {form.type === 'fallback' ? (
        <TextFormField
          {...props}
          field="model"
          label="Go on with (model)"
          input={{ placeholder: 'small-model' }}
        />
      ) : (
        <>
          <TextFormField
            {...props}
            field="maxRetries"
            label="Repeat up to (times)"
            input={{ inputMode: 'numeric' }}
          />
          <ChoiceFormField
            label="The wait"
            value={form.backoff}
            items={backoffs}
            problem={problems.backoff}
            onChange={(backoff) => onChange({ backoff })}
          />
          <TextFormField
            {...props}
            field="baseSeconds"
            label="First wait (seconds)"
            input={number}
          />
          <TextFormField
            {...props}
            field="maxSeconds"
            label="Longest wait (seconds)"
            input={{ ...number, placeholder: '60' }}
          />
        </>
      )}
      <ErrorChoice {...props} />
    </>
  );
}
