import {
  isOpen,
  limitProblem,
  type ControlCommand,
  type ControlKind,
  type ControlScope,
} from '@niitaka/core/control/control-command.ts';
import { nanoUsdOf, usdNumber, usdText } from '@niitaka/core/money/nano-usd.ts';
import { failure, success, type Result } from '@niitaka/core/result.ts';
import { endSession } from '@niitaka/core/session/end-session.ts';
import type { Session } from '@niitaka/core/session/session.ts';
import type { Command, CommandContext } from './command.ts';
import { openSessionSet, type SessionSet } from './session-set.ts';
import { writeAudit, type Acting } from './write-audit.ts';

/** What an operator asks of a session, or of it and everything below it. */
export interface GiveCommand extends Acting {
  readonly sessionId: string;
  readonly command: ControlKind;
  readonly args: Readonly<Record<string, unknown>>;
  readonly scope: ControlScope;
}

/** The command to the session asked, and how many it was given to. */
export interface GivenCommand {
  readonly command: ControlCommand;
  readonly sessions: number;
}

/** Sessions below one that a command is given to. */
export const commandedSessions = 10_000;

/** Commands of one session that may wait to be obeyed. */
export const openCommandLimit = 50;

/** Gives a command to a session that is not done, and to the running ones below it; `end` is carried out at once (G3). */
export const giveCommand: Command<GiveCommand, GivenCommand> = async (context, args) => {
  const { tx } = context;
  const sessions = openSessionSet(context, args.orgId);
  await sessions.load([args.sessionId]);
  const target = sessions.get(args.sessionId);
  if (target === undefined) return failure('not_found', `There is no session ${args.sessionId}`);
  const refused = await whyNot(context, args, target.session.status);
  if (refused !== null) return refused;
  const below =
    args.scope === 'tree'
      ? await tx.runningBelow(args.orgId, args.sessionId, commandedSessions)
      : null;
  if (below?.isCut === true) {
    const found = `more than ${commandedSessions} sessions lie below session ${args.sessionId}`;
    return failure('over_limit', `Cannot ${args.command} this tree: ${found}`);
  }
  const ids = [args.sessionId, ...(below?.ids ?? [])];
  const given = ids.map((sessionId) => commandTo(context, args, sessionId));
  await tx.insertCommands(args.orgId, given);
  await sessions.load(ids);
  for (const id of ids) sessions.touch(id, true);
  if (args.command === 'end') endAll(context, sessions, ids);
  target.session.signalCount += 1;
  await sessions.flush([await signalOf(context, args, target.session, ids.length)]);
  const { command, scope } = args;
  const after = { command, args: args.args, scope, sessions: ids.length };
  await writeAudit(context, args, { action: 'give-command', target: args.sessionId, after });
  const [own] = given;
  if (own === undefined) throw new Error('a command reaches at least its own session');
  return success({ command: own, sessions: ids.length });
};

async function whyNot(
  { tx }: CommandContext,
  { orgId, sessionId, command, args }: GiveCommand,
  status: string,
): Promise<Result<never> | null> {
  if (status === 'done') {
    return failure('session_closed', `Cannot ${command} session ${sessionId}: it is done`);
  }
  const standing = await tx.commandsOf(orgId, sessionId);
  const waiting = standing.filter(isOpen).length;
  if (waiting >= openCommandLimit) {
    const found = `${waiting} commands wait to be obeyed, at most ${openCommandLimit} may`;
    return failure('over_limit', `Cannot ${command} session ${sessionId}: ${found}`);
  }
  const problem = command === 'limit' ? limitProblem(standing, args) : null;
  return problem === null
    ? null
    : failure('invalid', `Cannot limit session ${sessionId}: ${problem}`);
}

function commandTo(
  { newId, nowMs }: CommandContext,
  { command, args, scope, actor }: GiveCommand,
  sessionId: string,
): ControlCommand {
  const doneAtMs = command === 'end' ? nowMs : null;
  return {
    id: newId(),
    sessionId,
    command,
    args,
    scope,
    requestedBy: actor,
    requestedAtMs: nowMs,
    deliveredAtMs: doneAtMs,
    obeyedAtMs: doneAtMs,
    refusedAtMs: null,
    refusedReason: null,
  };
}

function endAll({ nowMs }: CommandContext, sessions: SessionSet, ids: readonly string[]): void {
  const ending = {
    endedAtMs: nowMs,
    endedAtSentMs: nowMs,
    sender: null,
    lastSeq: null,
    closedBy: 'operator',
  } as const;
  for (const id of ids) {
    const stored = sessions.get(id);
    if (stored !== undefined) endSession(stored.session, ending);
  }
}

/** One signal for what was asked, about the session it was asked of. */
async function signalOf(
  { tx, newId, nowMs }: CommandContext,
  { orgId, actor, sessionId, command, args, scope }: GiveCommand,
  { agentId, totalCostNanoUsd, stepCount }: Session,
  count: number,
): Promise<string> {
  const id = newId();
  const what = scope === 'tree' ? `this session and ${count - 1} below it` : 'this session';
  const found = { cost_usd: usdNumber(totalCostNanoUsd), steps: stepCount };
  const limit = command === 'limit' ? ` to ${inWords(args)}; found ${inWords(found)}` : '';
  const signal = {
    id,
    subjectId: sessionId,
    sessionId,
    type: 'control',
    subtype: 'operator',
    action: command,
    severity: command === 'abort' || command === 'end' ? 'warning' : 'info',
    agentId,
    policyId: null,
    eventId: null,
    message: `${actor}: ${command} ${what}${limit}`,
    data: JSON.stringify({ command, args, scope, actor, found }),
    occurredAtMs: nowMs,
  };
  await tx.insertSignals(orgId, [signal]);
  return id;
}

/** "$0.5 and 10 steps": what is limited, or what was spent. */
function inWords({ cost_usd: usd, steps }: Readonly<Record<string, unknown>>): string {
  const parts = [
    ...(typeof usd === 'number' ? [`$${usdText(nanoUsdOf(usd) ?? 0n)}`] : []),
    ...(typeof steps === 'number' ? [`${steps} ${steps === 1 ? 'step' : 'steps'}`] : []),
  ];
  return parts.join(' and ');
}
