import type { AgentDetail, ChangeAgent } from '@niitaka/protocol/agent.ts';
import { useState, type FormEvent } from 'react';
import { Button } from '../../../components/button.tsx';
import { ChoiceFormField } from '../../../components/choice-form-field.tsx';
import { Dialog } from '../../../components/dialog.tsx';
import { inputClass, TextInput } from '../../../components/field.tsx';
import { FormField } from '../../../components/form-field.tsx';
import { useChangeAgent } from '../agent-queries.ts';
import { problemsByField } from './problems-by-field.ts';

export interface EditDialogProps {
  readonly agent: AgentDetail;
  readonly onClose: () => void;
}

const shown = [
  { value: 'computed', label: 'Computed' },
  { value: 'shipped', label: 'Shipped' },
  { value: 'deprecated', label: 'Deprecated' },
  { value: 'archived', label: 'Archived' },
] as const;

const notes: Readonly<Record<(typeof shown)[number]['value'], string>> = {
  computed: 'As its sessions say: active, stale, error, new or idle.',
  shipped: 'Shown as shipped, whatever its sessions say.',
  deprecated: 'Shown as deprecated, whatever its sessions say.',
  archived: 'It leaves the list of agents; its sessions and figures stay.',
};

/** Changes what an agent is called, what it is for, and the status it is shown with (A1, A2). */
export function EditDialog({ agent, onClose }: EditDialogProps) {
  const [name, setName] = useState(agent.name);
  const [description, setDescription] = useState(agent.description ?? '');
  const [status, setStatus] = useState<(typeof shown)[number]['value']>(
    agent.status_override ?? 'computed',
  );
  const change = useChangeAgent(agent.id);
  const { fields, rest } = problemsByField(change.error, ['name', 'description']);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const body: ChangeAgent = {
      name,
      description: description.trim() === '' ? null : description,
      status_override: status === 'computed' ? null : status,
    };
    change.mutate(body, { onSuccess: onClose });
  };
  return (
    <Dialog open holdsInput onClose={onClose} title={`Edit ${agent.id}`} className="sm:w-[560px]">
      <form onSubmit={submit} noValidate className="flex flex-col gap-3.5">
        <FormField label="Name" problem={fields['name']}>
          {(aria) => (
            <TextInput
              {...aria}
              value={name}
              onChange={(event) => setName(event.target.value)}
              className="aria-invalid:border-rust"
            />
          )}
        </FormField>
        <FormField label="Description" problem={fields['description']}>
          {(aria) => (
            <textarea
              {...aria}
              rows={3}
              value={description}
              onChange={(event) => setDescription(event.target.value)}
              className={`${inputClass} h-auto! resize-y py-1.5 aria-invalid:border-rust`}
            />
          )}
        </FormField>
        <div className="max-w-full overflow-x-auto">
          <ChoiceFormField label="Status" value={status} items={shown} onChange={setStatus} />
        </div>
        <p className="text-sm text-muted">{notes[status]}</p>
        {rest !== null && (
          <p role="alert" className="text-rust">
            {rest}
          </p>
        )}
        <div className="mt-1.5 flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" disabled={change.isPending}>
            Save
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
