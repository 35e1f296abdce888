import type { Policy } from '@niitaka/protocol/policy.ts';
import { useState } from 'react';
import { Dialog } from '../../../components/dialog.tsx';
import { ChoiceFormField } from '../../../components/choice-form-field.tsx';
import { typeNames } from '../../../lib/policy-words/type-names.ts';
import { DryRun } from '../dry-run/dry-run.tsx';
import { EditorActions } from './editor-actions.tsx';
import { Conflict } from './conflict.tsx';
import { FailureFields } from './failure-fields.tsx';
import { LimitFields } from './limit-fields.tsx';
import type { PolicyForm } from './policy-form.ts';
import { Preview } from './preview.tsx';
import { ReachFields } from './reach-fields.tsx';
import { TextFormField } from './text-form-field.tsx';
import { useEditor } from './use-editor.ts';

export interface EditorDialogProps {
  /** The policy to change; null makes a new one. */
  readonly policy: Policy | null;
  readonly start: PolicyForm;
  readonly onClose: () => void;
}

const types = (['cost_limit', 'step_limit', 'retry', 'fallback'] as const).map((value) => ({
  value,
  label: typeNames[value],
}));

/** Makes or changes a policy, and says in plain words what it will do. */
export function EditorDialog({ policy, start, onClose }: EditorDialogProps) {
  const editor = useEditor(policy, start, onClose);
  const [leaving, setLeaving] = useState(false);
  const { form, read, conflict } = editor;
  const part = { form, problems: editor.problems, onChange: editor.change };
  const isLimit = form.type === 'cost_limit' || form.type === 'step_limit';
  const leave = () => (editor.typed && !leaving ? setLeaving(true) : onClose());
  const title = policy === null ? 'New policy' : `Change “${policy.name}”`;
  return (
    <Dialog
      open
      holdsInput
      onClose={leave}
      title={title}
      className="top-[6vh]! max-h-[88vh]! sm:w-[660px]!"
    >
      <form onSubmit={editor.submit} noValidate>
        {conflict !== null && (
          <Conflict
            current={conflict.current}
            mine={conflict.mine}
            onTake={editor.takeTheirs}
            onKeep={editor.keepMine}
          />
        )}
        <div className="grid grid-cols-2 gap-x-5 gap-y-3.5 max-sm:grid-cols-1">
          {policy === null && (
            <div className="col-span-full">
              <ChoiceFormField
                label="Type"
                value={form.type}
                items={types}
                problem={editor.problems.type}
                onChange={(type) => editor.change({ type })}
              />
            </div>
          )}
          <TextFormField
            {...part}
            field="name"
            label="Name"
            input={{ placeholder: typeNames[form.type].toLowerCase() }}
          />
          {isLimit ? <LimitFields {...part} /> : <FailureFields {...part} />}
          <ReachFields {...part} />
          <Preview read={read} />
          <DryRun read={read} />
        </div>
        {editor.failure !== null && (
          <p role="alert" className="mt-3 text-rust">
            {editor.failure}
          </p>
        )}
        <EditorActions
          isNew={policy === null}
          busy={editor.busy}
          leaving={leaving}
          onStay={() => setLeaving(false)}
          onClose={onClose}
        />
      </form>
    </Dialog>
  );
}
