import type { GiveCommand } from '@niitaka/protocol/control.ts';

/** What the dialog of a command holds, as typed. */
export interface FieldValues {
  readonly minutes: string;
  readonly reason: string;
  readonly costUsd: string;
  readonly steps: string;
  readonly model: string;
  readonly wholeTree: boolean;
}

/** A dialog that was just opened. */
export const emptyFields: FieldValues = {
  minutes: '60',
  reason: '',
  costUsd: '',
  steps: '',
  model: '',
  wholeTree: false,
};

/** A command that can be given, or what stands in the way. */
export type ReadCommand =
  | { readonly ok: true; readonly body: GiveCommand }
  | { readonly ok: false; readonly problem: string };

const longestPauseMinutes = 1_440;

/** The command that the fields make (G3). */
export function commandOf(command: GiveCommand['command'], fields: FieldValues): ReadCommand {
  const scope = fields.wholeTree ? 'tree' : 'session';
  switch (command) {
    case 'pause': {
      const minutes = numberOf(fields.minutes);
      const seconds = Math.round((minutes ?? 0) * 60);
      if (!(seconds >= 1 && seconds <= longestPauseMinutes * 60)) {
        return problem(`A pause lasts up to ${longestPauseMinutes} minutes`);
      }
      return { ok: true, body: { command, args: { max_seconds: seconds }, scope } };
    }
    case 'abort':
      return { ok: true, body: { command, args: { reason: fields.reason.trim() }, scope } };
    case 'limit':
      return limitOf(fields, scope);
    case 'model': {
      const model = fields.model.trim();
      return model === ''
        ? problem('Name the model')
        : { ok: true, body: { command, args: { model }, scope } };
    }
    case 'resume':
    case 'end':
      return { ok: true, body: { command, args: {}, scope } };
  }
}

function limitOf(fields: FieldValues, scope: GiveCommand['scope']): ReadCommand {
  const cost = numberOf(fields.costUsd);
  const steps = numberOf(fields.steps);
  if (cost === null && steps === null) return problem('Give a cost, or a number of steps');
  if (cost !== null && !(cost >= 0)) return problem('The cost is a number of USD');
  if (steps !== null && !(Number.isInteger(steps) && steps >= 0)) {
    return problem('Steps are a whole number');
  }
  const args = {
    ...(cost === null ? {} : { cost_usd: cost }),
    ...(steps === null ? {} : { steps }),
  };
  return { ok: true, body: { command: 'limit', args, scope } };
}

/** Null for a field that was left empty; NaN for what is no number. */
function numberOf(text: string): number | null {
  return text.trim() === '' ? null : Number(text.trim().replace(/^\$/, ''));
}

function problem(text: string): ReadCommand {
  return { ok: false, problem: text };
}
