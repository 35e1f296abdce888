import { useQuery } from '@tanstack/react-query';
import { agentNames } from '../../../lib/api/agent-names.ts';
import { apiGet } from '../../../lib/api/api-fetch.ts';
import { modeNames } from '../../../lib/policy-words/type-names.ts';
import { ChoiceFormField } from '../../../components/choice-form-field.tsx';
import type { FormPartProps } from './form-part.ts';
import { TextFormField } from './text-form-field.tsx';

const modes = (['enforce', 'shadow', 'off'] as const).map((value) => ({
  value,
  label: modeNames[value],
}));

/** For whom a policy is, its place among others, and its mode. */
export function ReachFields(props: FormPartProps) {
  const { form, problems, onChange } = props;
  const agents = useQuery({
    queryKey: ['agents'],
    queryFn: ({ signal }) => agentNames(signal),
  });
  const environments = useQuery({
    queryKey: ['environments'],
    queryFn: ({ signal }) => apiGet<{ items: string[] }>('/environments', {}, signal),
  });
  return (
    <>
      <TextFormField
        {...props}
        field="agent"
        label="Agent"
        known={agents.data?.items.map(({ id }) => id) ?? []}
        input={{ placeholder: 'every agent' }}
      />
      <TextFormField
        {...props}
        field="environment"
        label="Environment"
        known={environments.data?.items ?? []}
        input={{ placeholder: 'every environment' }}
      />
      <TextFormField
        {...props}
        field="priority"
        label="Priority, higher is asked first"
        input={{ inputMode: 'numeric' }}
      />
      <ChoiceFormField
        label="Mode"
        value={form.mode}
        items={modes}
        problem={problems.mode}
        onChange={(mode) => onChange({ mode })}
      />
    </>
  );
}
