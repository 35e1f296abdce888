import type { FastifyInstance } from 'fastify';
import { controlPollMs, type ControlCommand } from '@niitaka/core/control/control-command.ts';
import {
  ControlQuery,
  GiveCommand,
  type CommandList,
  type ControlAnswer,
  type GivenCommand,
  type SessionCommand,
} from '@niitaka/protocol/control.ts';
import type { AppParts } from '../app-parts.ts';
import { callerOf } from '../authenticate.ts';
import { idParam } from '../id-param.ts';
import { onceOf } from '../idempotency.ts';
import { timeToWire, timeToWireOrNull } from '../map-access.ts';
import { parseInput } from '../parse-input.ts';
import { HttpProblem, problemOf } from '../problem.ts';
import { hangUpOf } from '../reader-of.ts';
import { waitForOrders } from '../wait-for-orders.ts';
import { noSession } from './sessions.ts';

/** Commands of one session that are listed. */
const shownCommands = 200;

/** Polls that may wait at once in this process; one more is asked to come back. */
const waitingPolls = 5_000;

/** `/sessions/{id}/commands` for operators, `/control` for SDKs (G3). */
export async function controlRoutes(app: FastifyInstance, parts: AppParts): Promise<void> {
  const { storage, run, live } = parts;

  app.get('/sessions/:id/commands', { config: { access: 'read' } }, async (request) => {
    const id = idParam(request);
    const { orgId } = callerOf(request);
    if ((await storage.reader.sessionStatus(orgId, id)) === null) throw noSession(id);
    const rows = await storage.reader.commands(orgId, id, shownCommands);
    return { items: rows.map(commandToWire) } satisfies CommandList;
  });

  app.post('/sessions/:id/commands', { config: { access: 'admin' } }, async (request, reply) => {
    const { orgId, actor } = callerOf(request);
    const asked = parseInput(GiveCommand, request.body, 'body');
    const args = { orgId, actor, sessionId: idParam(request), ...asked };
    const ran = await run('give-command', { once: onceOf(request), args });
    if (!ran.ok) throw problemOf(ran.failure);
    const { command, sessions } = ran.value.value;
    const given: GivenCommand = { command: commandToWire(command), sessions };
    return reply.code(201).send(given);
  });

  let waiting = 0;
  app.get(
    '/control',
    { config: { access: 'ingest', readsQuery: true } },
    async (request, reply): Promise<ControlAnswer> => {
      const { orgId } = callerOf(request);
      const query = parseInput(ControlQuery, request.query, 'query');
      const sessionIds = query.session_id.map((id) => id.toLowerCase());
      if (waiting >= waitingPolls) {
        const detail = `${waiting} polls for commands wait already: come back later`;
        throw new HttpProblem('unavailable', detail, { retryAfterSeconds: 5 });
      }
      const ran = await run('note-control-poll', { orgId, sessionIds });
      if (!ran.ok) throw problemOf(ran.failure);
      waiting += 1;
      try {
        const signal = AbortSignal.any([hangUpOf(reply.raw), live.closing]);
        const waitMs = query.wait * 1000;
        const open = await waitForOrders(storage, { orgId, sessionIds, waitMs, signal });
        const isWatched = open.length > 0 || live.isWatched(orgId);
        return {
          control: open.map(orderToWire),
          control_poll_ms: isWatched ? controlPollMs : null,
        };
      } finally {
        waiting -= 1;
      }
    },
  );
}

function orderToWire({
  sessionId,
  id,
  command,
  args,
}: ControlCommand): ControlAnswer['control'][number] {
  return { session_id: sessionId, command_id: id, command, args };
}

function commandToWire(command: ControlCommand): SessionCommand {
  return {
    id: command.id,
    session_id: command.sessionId,
    command: command.command,
    args: command.args,
    scope: command.scope,
    requested_by: command.requestedBy,
    requested_at: timeToWire(command.requestedAtMs),
    delivered_at: timeToWireOrNull(command.deliveredAtMs),
    obeyed_at: timeToWireOrNull(command.obeyedAtMs),
    refused_at: timeToWireOrNull(command.refusedAtMs),
    refused_reason: command.refusedReason,
  };
}
