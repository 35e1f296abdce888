import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { readPolicy } from '@niitaka/core/policy/parse-policy.ts';
import type { Policy } from '@niitaka/core/policy/policy.ts';
import { DryRunPolicy } from '@niitaka/protocol/policy-dry-run.ts';
import type { Reader } from '../../storage/reader.ts';
import { ReadUnavailableError } from '../../storage/read-unavailable.ts';
import type { AppParts } from '../app-parts.ts';
import { callerOf } from '../authenticate.ts';
import { dryRun, type DryRun, type DryRunMessage } from '../dry-run/dry-run.ts';
import { sharedSteps, TooManyStepsError } from '../dry-run/replay-in-time.ts';
import { contentOf, contentToWire } from '../map-policy.ts';
import { parseInput } from '../parse-input.ts';
import { HttpProblem, problemOf } from '../problem.ts';
import { hangUpOf } from '../reader-of.ts';
import { timeOf } from '../session-filter.ts';
import { noPolicy } from './policies.ts';

/** How long one dry run may take; it ends with a problem then. */
const limitMs = 120_000;

/** Between two messages of how far it is. */
const progressEveryMs = 250;

/** Seconds after which another may be asked for where one is under way. */
const askAgainAfterSeconds = 5;

/** `/policies/dry-run`: stored sessions replayed against a policy, told as server-sent events (P9). */
export async function dryRunRoutes(app: FastifyInstance, parts: AppParts): Promise<void> {
  const { storage, run } = parts;
  const underWay = new Set<string>();

  app.post('/policies/dry-run', { config: { access: 'admin' } }, async (request, reply) => {
    const { orgId, actor } = callerOf(request);
    const asked = await askedDryRun(storage.reader, orgId, request.body);
    if (underWay.has(orgId)) {
      const detail = 'A dry run of this organisation is under way: wait for its result';
      throw new HttpProblem('rate_limited', detail, { retryAfterSeconds: askAgainAfterSeconds });
    }
    underWay.add(orgId);
    try {
      const { id, name, type } = asked.policy;
      const range = { from: new Date(asked.fromMs), to: new Date(asked.toMs) };
      const deed = { action: 'dry-run-policy', target: id, after: { name, type, ...range } };
      const noted = await run('note-deed', { orgId, actor, deed });
      if (!noted.ok) throw problemOf(noted.failure);
      await tell(parts, beginStream(request, reply), orgId, asked);
    } finally {
      underWay.delete(orgId);
    }
    return reply;
  });
}

/** The id of a policy that is not saved. */
const unsavedId = '(not saved)';

async function askedDryRun(reader: Reader, orgId: string, body: unknown): Promise<DryRun> {
  const read = parseInput(DryRunPolicy, body, 'body');
  const fromMs = timeOf('from', read.from, 'body') ?? 0;
  const toMs = timeOf('to', read.to, 'body') ?? 0;
  if (fromMs >= toMs) {
    const message = `wanted a moment after ${read.from}: got ${read.to}`;
    throw new HttpProblem('invalid', `The body is not valid at to: ${message}`, {
      errors: [{ path: 'to', code: 'invalid', message }],
    });
  }
  return {
    policy: await policyOf(reader, orgId, read),
    fromMs,
    toMs,
    environment: read.environment ?? null,
    agentId: read.agent_id ?? null,
  };
}

async function policyOf(reader: Reader, orgId: string, read: DryRunPolicy): Promise<Policy> {
  const id = read.policy_id ?? unsavedId;
  const row = read.policy_id === undefined ? null : await reader.policy(orgId, id);
  if (read.policy === undefined && row === null) throw noPolicy(id);
  const content = read.policy === undefined ? row?.content : contentOf(read.policy);
  const policy = readPolicy({ ...(content && contentToWire(content)), id });
  if (policy.type !== 'broken') return policy;
  const message = `${policy.at} ${policy.reason}`;
  throw new HttpProblem('invalid', `The policy cannot be evaluated: ${message}`, {
    errors: [{ path: `policy.${policy.at}`, code: 'invalid', message: policy.reason }],
  });
}

/** Writes what a dry run tells until it ends, or nobody listens any more. */
async function tell(
  { storage, clock, live, log }: AppParts,
  response: FastifyReply['raw'],
  orgId: string,
  asked: DryRun,
): Promise<void> {
  const gone = hangUpOf(response);
  const late = AbortSignal.timeout(limitMs);
  const signal = AbortSignal.any([gone, live.closing, late]);
  const write = (name: string, data: unknown) =>
    response.write(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
  let toldMs = -Infinity;
  try {
    for await (const message of dryRun(
      { reader: storage.readerUntil(signal), orgId, signal },
      asked,
      clock,
    )) {
      if (message.name === 'progress' && !isDue(message, clock() - toldMs)) continue;
      toldMs = clock();
      write(message.name, message.data);
    }
  } catch (error) {
    if (gone.aborted) return;
    const known = late.aborted ? tooLong() : problemOfRun(error);
    if (known === null) log.error({ err: error }, 'a dry run failed');
    write('problem', (known ?? failed).problem);
  } finally {
    response.end();
  }
}

function isDue({ data }: Extract<DryRunMessage, { name: 'progress' }>, sinceMs: number): boolean {
  return sinceMs >= progressEveryMs || data.sessions_done === data.sessions_total;
}

const failed = new HttpProblem('unavailable', 'The dry run failed: the log of the server says why');

function tooLong(): HttpProblem {
  const detail = `The dry run took over ${limitMs / 1000} s: ask for a shorter range`;
  return new HttpProblem('unavailable', detail);
}

function problemOfRun(error: unknown): HttpProblem | null {
  if (error instanceof HttpProblem) return error;
  if (error instanceof ReadUnavailableError) return new HttpProblem('unavailable', error.message);
  if (!(error instanceof TooManyStepsError)) return null;
  const found = `more than ${sharedSteps} steps in the range`;
  return new HttpProblem('too_large', `Cannot replay a day's total: found ${found}`);
}

function beginStream(request: FastifyRequest, reply: FastifyReply): FastifyReply['raw'] {
  reply.hijack();
  const response = reply.raw;
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache, no-transform',
    'x-accel-buffering': 'no',
    'x-content-type-options': 'nosniff',
    'request-id': request.id,
    connection: 'close',
  });
  response.flushHeaders();
  return response;
}
