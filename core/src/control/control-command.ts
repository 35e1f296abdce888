/** How often a process that may be controlled looks for commands while somebody watches, ms. */
export const controlPollMs = 2_000;

/** What an operator may ask of a running session (G3). */
export type ControlKind = 'pause' | 'resume' | 'abort' | 'limit' | 'model' | 'end';

/** One session, or it and everything below it. */
export type ControlScope = 'session' | 'tree';

/** A command to one session, with what has become of it; times in ms since the epoch. */
export interface ControlCommand {
  readonly id: string;
  readonly sessionId: string;
  readonly command: ControlKind;
  /** As on the wire: plain data. */
  readonly args: Readonly<Record<string, unknown>>;
  readonly scope: ControlScope;
  /** Whom the audit log names. */
  readonly requestedBy: string;
  readonly requestedAtMs: number;
  readonly deliveredAtMs: number | null;
  readonly obeyedAtMs: number | null;
  readonly refusedAtMs: number | null;
  readonly refusedReason: string | null;
}

/** What an SDK says became of a command. */
export type ControlState = 'delivered' | 'obeyed' | 'refused';

/** Whether a command still waits to be obeyed or refused. */
export function isOpen(command: ControlCommand): boolean {
  return command.obeyedAtMs === null && command.refusedAtMs === null;
}

/** The command with one more state known; null when that is no news (G3). Obeyed means delivered, too. */
export function acknowledge(
  command: ControlCommand,
  state: ControlState,
  atMs: number,
  reason: string | null,
): ControlCommand | null {
  const deliveredAtMs = command.deliveredAtMs ?? atMs;
  if (state === 'delivered') {
    return command.deliveredAtMs === null ? { ...command, deliveredAtMs } : null;
  }
  if (!isOpen(command)) return null;
  if (state === 'obeyed') return { ...command, deliveredAtMs, obeyedAtMs: atMs };
  return { ...command, deliveredAtMs, refusedAtMs: atMs, refusedReason: reason };
}

/**
 * Why a limit cannot be set, in words; null when it can. A limit given by an operator is only ever lowered: an earlier
 * one that was refused does not stand (G3).
 */
export function limitProblem(
  standing: readonly ControlCommand[],
  next: Readonly<Record<string, unknown>>,
): string | null {
  for (const name of limitNames) {
    const wanted = next[name];
    if (typeof wanted !== 'number') continue;
    for (const { command, args, refusedAtMs } of standing) {
      const stands = args[name];
      if (command !== 'limit' || refusedAtMs !== null || typeof stands !== 'number') continue;
      if (wanted > stands) return `${name} can only be lowered: ${stands} stands, got ${wanted}`;
    }
  }
  return null;
}

const limitNames = ['cost_usd', 'steps'] as const;

/**
 * The commands of a tree that a session beginning below this one takes over: what was asked of the whole tree and still
 * holds. A pause holds until it is resumed or its time is over.
 */
export function heldByTree(commands: readonly ControlCommand[], nowMs: number): ControlCommand[] {
  const ofTree = commands.filter(
    ({ scope, refusedAtMs }) => scope === 'tree' && refusedAtMs === null,
  );
  const last = (kinds: readonly ControlKind[]) =>
    ofTree
      .filter(({ command }) => kinds.includes(command))
      .toSorted((a, b) => a.requestedAtMs - b.requestedAtMs || (a.id < b.id ? -1 : 1))
      .at(-1);
  const pause = last(['pause', 'resume']);
  const holdsPause =
    pause?.command === 'pause' &&
    pause.requestedAtMs + Number(pause.args['max_seconds']) * 1000 > nowMs;
  const held = [
    ...ofTree.filter(({ command }) => command === 'limit'),
    last(['model']),
    holdsPause ? pause : undefined,
    last(['abort']),
  ];
  return held.filter((command) => command !== undefined);
}
