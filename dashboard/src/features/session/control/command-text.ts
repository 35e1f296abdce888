import type { SessionCommand } from '@niitaka/protocol/control.ts';
import { formatNoun } from '../../../lib/format-count.ts';
import { formatTickingDuration } from '../../../lib/format-duration.ts';

/** What an operator asked, in a few words. */
export function commandTitle({ command, args, scope }: SessionCommand): string {
  const whom = scope === 'tree' ? ' the tree' : '';
  switch (command) {
    case 'pause':
      return `Pause${whom} for up to ${roundDuration(Number(args['max_seconds']))}`;
    case 'resume':
      return `Resume${whom}`;
    case 'abort': {
      const reason = String(args['reason'] ?? '');
      return `Abort${whom}${reason === '' ? '' : `: ${reason}`}`;
    }
    case 'limit':
      return `Limit${whom} to ${limitText(args)}`;
    case 'model':
      return `Use ${String(args['model'])}${scope === 'tree' ? ' in the tree' : ''}`;
    case 'end':
      return `End${whom}`;
  }
}

/** How far a command has come, and whether that is how it should be. */
export interface CommandProgress {
  readonly state: 'asked' | 'delivered' | 'obeyed' | 'refused' | 'overdue';
  readonly text: string;
}

/** A command that was not obeyed for this long is told as such, ms (G3). */
export const overdueAfterMs = 30_000;

/** Requested, delivered, obeyed: with what each took (G3). */
export function commandProgress(command: SessionCommand, nowMs: number): CommandProgress {
  const askedMs = Date.parse(command.requested_at);
  const since = (at: string) => formatTickingDuration(Date.parse(at) - askedMs);
  if (command.refused_at !== null) {
    const reason = command.refused_reason === null ? '' : `: ${command.refused_reason}`;
    return { state: 'refused', text: `refused after ${since(command.refused_at)}${reason}` };
  }
  if (command.obeyed_at !== null) {
    return { state: 'obeyed', text: `obeyed after ${since(command.obeyed_at)}` };
  }
  const waitingMs = nowMs - askedMs;
  const reached =
    command.delivered_at === null
      ? 'not delivered yet'
      : `delivered after ${since(command.delivered_at)}`;
  if (waitingMs > overdueAfterMs) {
    return {
      state: 'overdue',
      text: `${reached}, not obeyed after ${formatTickingDuration(waitingMs)}`,
    };
  }
  return { state: command.delivered_at === null ? 'asked' : 'delivered', text: reached };
}

/** Whether the newest of pause and resume is a pause that still holds. */
export function isPaused(commands: readonly SessionCommand[], nowMs: number): boolean {
  const last = commands
    .filter(({ command, refused_at }) => refused_at === null && togglesPause.has(command))
    .toSorted((a, b) => b.requested_at.localeCompare(a.requested_at))[0];
  if (last?.command !== 'pause') return false;
  return Date.parse(last.requested_at) + Number(last.args['max_seconds']) * 1000 > nowMs;
}

const togglesPause: ReadonlySet<string> = new Set(['pause', 'resume', 'abort', 'end']);

function limitText(args: SessionCommand['args']): string {
  const parts = [];
  if (typeof args['cost_usd'] === 'number') parts.push(`$${args['cost_usd']}`);
  if (typeof args['steps'] === 'number') parts.push(formatNoun(args['steps'], 'step'));
  return parts.join(' and ');
}

/** Whole hours and minutes, as they are asked for. */
function roundDuration(seconds: number): string {
  if (seconds % 3_600 === 0) return `${seconds / 3_600} h`;
  return seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`;
}
