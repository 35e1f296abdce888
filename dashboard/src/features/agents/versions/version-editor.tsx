import type { AgentVersion } from '@niitaka/protocol/agent.ts';
import { useState, type ComponentProps } from 'react';
import { Button } from '../../../components/button.tsx';
import { ChoiceFormField } from '../../../components/choice-form-field.tsx';
import { Dialog } from '../../../components/dialog.tsx';
import { inputClass, TextInput } from '../../../components/field.tsx';
import { FormField } from '../../../components/form-field.tsx';
import { useVersionEditor } from './use-version-editor.ts';
import { VersionConflict } from './version-conflict.tsx';
import type { VersionForm, VersionProblems } from './version-form.ts';

export interface VersionEditorProps {
  readonly agentId: string;
  /** The draft to change; null makes a new one. */
  readonly draft: AgentVersion | null;
  /** The version that a new draft begins with. */
  readonly base: AgentVersion | null;
  readonly onClose: () => void;
  readonly onSaved: (number: number) => void;
}

const backoffs = [
  { value: 'exponential', label: 'Doubles' },
  { value: 'linear', label: 'Grows' },
  { value: 'constant', label: 'Stays' },
] as const;

/** Makes or changes a draft; a version that was active once is never changed (A3). */
export function VersionEditor({ onClose, ...options }: VersionEditorProps) {
  const editor = useVersionEditor(options);
  const [leaving, setLeaving] = useState(false);
  const { draft } = options;
  const leave = () => (editor.typed && !leaving ? setLeaving(true) : onClose());
  return (
    <Dialog
      open
      holdsInput
      onClose={leave}
      title={draft === null ? 'New draft' : `Draft, version ${draft.number}`}
      className="top-[6vh]! max-h-[88vh]! sm:w-[720px]!"
    >
      <form onSubmit={editor.submit} noValidate>
        {editor.conflict !== null && (
          <VersionConflict
            {...editor.conflict}
            onTake={editor.takeTheirs}
            onKeep={editor.keepMine}
          />
        )}
        <VersionFields form={editor.form} problems={editor.problems} onChange={editor.change} />
        {editor.failure !== null && (
          <p role="alert" className="mt-3 text-rust">
            {editor.failure}
          </p>
        )}
        <div className="mt-5 flex flex-wrap items-center justify-end gap-2">
          {leaving ? (
            <>
              <p role="alert" className="flex-1 font-semibold">
                What you typed is not stored.
              </p>
              <Button onClick={() => setLeaving(false)}>Keep editing</Button>
              <Button look="danger" onClick={onClose}>
                Discard it
              </Button>
            </>
          ) : (
            <>
              <p className="flex-1 text-sm text-muted max-sm:basis-full">
                A draft changes nothing until it is activated.
              </p>
              <Button onClick={leave}>Cancel</Button>
              <Button type="submit" look="primary" disabled={editor.busy}>
                Save the draft
              </Button>
            </>
          )}
        </div>
      </form>
    </Dialog>
  );
}

interface PartProps {
  readonly form: VersionForm;
  readonly problems: VersionProblems;
  readonly onChange: (change: Partial<VersionForm>) => void;
}

function VersionFields(props: PartProps) {
  const { form, problems, onChange } = props;
  const isRetrying = form.maxRetries.trim() !== '';
  const number = { inputMode: 'decimal', placeholder: 'not set' } as const;
  const whole = { inputMode: 'numeric', placeholder: 'not set' } as const;
  return (
    <div className="grid grid-cols-3 gap-x-4 gap-y-3.5 max-sm:grid-cols-1">
      <TextField {...props} field="model" label="Model" input={{ placeholder: 'not set' }} />
      <TextField {...props} field="temperature" label="Temperature" input={number} />
      <TextField {...props} field="maxTokens" label="Max tokens" input={whole} />
      <div className="col-span-full">
        <FormField label="System prompt" problem={problems.prompt}>
          {(aria) => (
            <textarea
              {...aria}
              rows={10}
              spellCheck={false}
              value={form.prompt}
              onChange={(event) => onChange({ prompt: event.target.value })}
              className={`${inputClass} h-auto! resize-y py-1.5 font-mono text-sm aria-invalid:border-rust`}
            />
          )}
        </FormField>
      </div>
      <h3 className="col-span-full -mb-2 border-t border-line2 pt-3 text-sm font-semibold text-muted">
        Guardrails of its runs
      </h3>
      <TextField {...props} field="costUsd" label="Stop above (USD)" input={number} />
      <TextField {...props} field="steps" label="Stop at (steps)" input={whole} />
      <TextField
        {...props}
        field="fallbackModel"
        label="Go on with (model)"
        input={{ placeholder: 'not set' }}
      />
      <TextField {...props} field="maxRetries" label="Repeat failed calls (times)" input={whole} />
      {isRetrying && (
        <>
          <div className="col-span-2 max-sm:col-span-1">
            <ChoiceFormField
              label="The wait"
              value={form.backoff}
              items={backoffs}
              problem={problems.backoff}
              onChange={(backoff) => onChange({ backoff })}
            />
          </div>
          <TextField
            {...props}
            field="baseSeconds"
            label="First wait (seconds)"
            input={{ ...number, placeholder: '1' }}
          />
          <TextField
            {...props}
            field="maxSeconds"
            label="Longest wait (seconds)"
            input={{ ...number, placeholder: '60' }}
          />
        </>
      )}
    </div>
  );
}

interface TextFieldProps extends PartProps {
  readonly field: Exclude<keyof VersionForm, 'backoff' | 'prompt'>;
  readonly label: string;
  readonly input: ComponentProps<'input'>;
}

function TextField({ field, label, input, form, problems, onChange }: TextFieldProps) {
  return (
    <FormField label={label} problem={problems[field]}>
      {(aria) => (
        <TextInput
          {...input}
          {...aria}
          value={form[field]}
          onChange={(event) => onChange({ [field]: event.target.value })}
          className="aria-invalid:border-rust"
        />
      )}
    </FormField>
  );
}
