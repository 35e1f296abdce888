import type { GiveCommand } from '@niitaka/protocol/control.ts';
import type { SessionDetail } from '@niitaka/protocol/session.ts';
import { useState, type FormEvent } from 'react';
import { Button } from '../../../components/button.tsx';
import { Dialog } from '../../../components/dialog.tsx';
import { ControlFields } from './control-fields.tsx';
import { commandOf, emptyFields, type FieldValues } from './read-fields.ts';

/** A command as the menu names it. */
export type AskedCommand = GiveCommand['command'];

export interface ControlDialogProps {
  readonly asked: AskedCommand;
  readonly session: SessionDetail;
  readonly busy: boolean;
  readonly problem: string | null;
  readonly onGive: (body: GiveCommand) => void;
  readonly onClose: () => void;
}

const titles: Readonly<Record<AskedCommand, string>> = {
  pause: 'Pause at the next step',
  resume: 'Let it go on',
  abort: 'Abort before the next step',
  limit: 'Lower the limit',
  model: 'Use another model',
  end: 'End this session on the server',
};

const notes: Readonly<Record<AskedCommand, string>> = {
  pause: 'The agent is held before its next call until you resume it, or the time is over.',
  resume: 'The agent goes on with the call that it is held before.',
  abort: 'The agent’s next call raises AgentExecutionStopped; the session then ends as done.',
  limit: 'The agent is stopped before the call that would begin beyond it. It can only be lowered.',
  model: 'Calls through an instrumented client use this model from the next one on.',
  end: 'The session is closed here and now. The agent is not told to stop: what it still sends counts as after the end.',
};

/** Asks for what a command needs, and for whom it is meant. */
export function ControlDialog(props: ControlDialogProps) {
  const { asked, session, busy, problem, onGive, onClose } = props;
  const [fields, setFields] = useState<FieldValues>(emptyFields);
  const read = commandOf(asked, fields);
  const below = (session.tree?.sessions ?? 1) - 1;
  const isDanger = asked === 'abort' || asked === 'end';
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (read.ok) onGive(read.body);
  };
  return (
    <Dialog open onClose={onClose} title={titles[asked]}>
      <form onSubmit={submit}>
        <p className="mb-4 max-w-[60ch] text-muted">{notes[asked]}</p>
        <ControlFields asked={asked} fields={fields} onChange={setFields} />
        {below > 0 && (
          <label className="mt-3 flex items-center gap-2">
            <input
              type="checkbox"
              checked={fields.wholeTree}
              onChange={(event) => setFields({ ...fields, wholeTree: event.target.checked })}
            />
            Also the {below === 1 ? 'session' : `${below} sessions`} below it, and those to come
          </label>
        )}
        {problem !== null && (
          <p role="alert" className="mt-3 text-rust">
            {problem}
          </p>
        )}
        <div className="mt-5 flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button
            type="submit"
            look={isDanger ? 'danger' : 'primary'}
            disabled={busy || !read.ok}
            title={read.ok ? undefined : read.problem}
          >
            {titles[asked]}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
