import { z } from 'zod';
import {
  AuditPage,
  AuditQuery,
  CreateKey,
  CreateView,
  CreatedKey,
  EnvironmentList,
  Identity,
  InvitePerson,
  InvitedPerson,
  KeyList,
  PersonList,
  SignIn,
  View,
  ViewList,
} from './access.ts';
import {
  AgentDetail,
  AgentListQuery,
  AgentPage,
  AgentQuery,
  AgentVersion,
  AgentVersionList,
  ChangeAgent,
  ChangeVersion,
  CreateVersion,
  RuntimeConfig,
  RuntimeConfigQuery,
} from './agent.ts';
import { LeaseBudget, LeasedBudget } from './budget.ts';
import { CommandList, ControlAnswer, ControlQuery, GiveCommand, GivenCommand } from './control.ts';
import { Event, EventBriefPage, EventPage } from './event.ts';
import { IngestAnswer, IngestBody } from './ingest.ts';
import { FollowSession, StreamQuery } from './live.ts';
import type { Operation } from './operation.ts';
import {
  ChangePolicy,
  CreatePolicy,
  DeletePolicyQuery,
  Policy,
  PolicyList,
  PolicyRevisionList,
  Snapshot,
  SnapshotQuery,
} from './policy.ts';
import { DryRunPolicy } from './policy-dry-run.ts';
import { ImportPolicies, ImportQuery, PolicyImport } from './policy-import.ts';
import { HealthReport, RemovedSamples, SampleState } from './server-state.ts';
import {
  SessionCost,
  SessionDetail,
  SessionHistogram,
  SessionPage,
  SessionStats,
  SessionTree,
} from './session.ts';
import {
  ChildrenQuery,
  EventListQuery,
  MomentListQuery,
  SessionExportQuery,
  SessionHistogramQuery,
  SessionListQuery,
  SessionStatsQuery,
  SessionTreeQuery,
  SignalListQuery,
} from './session-query.ts';
import { ReadSignals, SignalFeed, SignalPage, TracePage, UnreadSignals } from './signal.ts';

const api = '/api/v1';
const session = `${api}/sessions/{id}`;
const agent = `${api}/agents/{id}`;
const text = 'text/plain';

/** Every call that the server answers. */
export const operations: readonly Operation[] = [
  op(
    'post',
    `${api}/ingest`,
    'ingest',
    'Stores a batch of records; answers once they are on disk.',
    {
      body: IngestBody,
      answer: { status: 200, schema: IngestAnswer },
    },
  ),

  op('get', `${api}/sessions`, 'read', 'Lists sessions.', {
    query: SessionListQuery,
    answer: { status: 200, schema: SessionPage },
  }),
  op('get', `${api}/sessions/stats`, 'read', 'The tiles of a range, with the range before.', {
    query: SessionStatsQuery,
    answer: { status: 200, schema: SessionStats },
  }),
  op('get', `${api}/sessions/histogram`, 'read', 'Sessions by bucket of their start.', {
    query: SessionHistogramQuery,
    answer: { status: 200, schema: SessionHistogram },
  }),
  op('get', `${api}/sessions/export`, 'read', 'Streams sessions as CSV or JSON lines.', {
    query: SessionExportQuery,
    answer: { status: 200, contentType: 'text/csv' },
  }),
  op('get', session, 'read', 'One session whole.', {
    answer: { status: 200, schema: SessionDetail },
  }),
  op('delete', session, 'admin', 'Removes a session with everything that hangs on it.', {
    answer: { status: 204 },
  }),
  op('get', `${session}/children`, 'read', 'The sessions below one, one level.', {
    query: ChildrenQuery,
    answer: { status: 200, schema: SessionPage },
  }),
  op('get', `${session}/tree`, 'read', 'The sessions below one, all levels to a depth.', {
    query: SessionTreeQuery,
    answer: { status: 200, schema: SessionTree },
  }),
  op('get', `${session}/events`, 'read', 'Events by position or by time.', {
    query: EventListQuery,
    answer: { status: 200, schema: z.union([EventPage, EventBriefPage]) },
  }),
  op('get', `${session}/events/{event_id}`, 'read', 'One event whole.', {
    answer: { status: 200, schema: Event },
  }),
  op('get', `${session}/cost`, 'read', 'The cost of a session, taken apart.', {
    answer: { status: 200, schema: SessionCost },
  }),
  op('get', `${session}/signals`, 'read', 'Signals of a session, newest first.', {
    query: MomentListQuery,
    answer: { status: 200, schema: SignalPage },
  }),
  op('get', `${session}/traces`, 'read', 'Decision traces of a session, oldest first.', {
    query: MomentListQuery,
    answer: { status: 200, schema: TracePage },
  }),
  op('get', `${session}/commands`, 'read', 'What operators asked of a session, newest first.', {
    answer: { status: 200, schema: CommandList },
  }),
  op(
    'post',
    `${session}/commands`,
    'admin',
    'Asks a running session, or its tree, to do something.',
    {
      body: GiveCommand,
      answer: { status: 201, schema: GivenCommand },
      idempotent: true,
    },
  ),
  op('get', `${api}/control`, 'ingest', 'Commands that wait to be obeyed; waits for one.', {
    query: ControlQuery,
    answer: { status: 200, schema: ControlAnswer },
  }),
  op('get', `${api}/signals`, 'read', 'Signals, newest first.', {
    query: SignalListQuery,
    answer: { status: 200, schema: SignalFeed },
  }),
  op('post', `${api}/signals/read`, 'read', 'Notes until when a person has read the signals.', {
    body: ReadSignals,
    answer: { status: 200, schema: UnreadSignals },
  }),
  op('get', `${api}/environments`, 'read', 'Environments seen.', {
    answer: { status: 200, schema: EnvironmentList },
  }),
  op('get', `${api}/agents`, 'read', 'Agents by id, with the figures of a range.', {
    query: AgentListQuery,
    answer: { status: 200, schema: AgentPage },
  }),
  op('get', agent, 'read', 'One agent, with its figures over a range.', {
    query: AgentQuery,
    answer: { status: 200, schema: AgentDetail },
  }),
  op('patch', agent, 'admin', 'Changes name, description or the status that is shown.', {
    body: ChangeAgent,
    answer: { status: 200, schema: AgentDetail },
  }),
  op('get', `${agent}/versions`, 'read', 'Versions of an agent, newest first.', {
    answer: { status: 200, schema: AgentVersionList },
  }),
  op('post', `${agent}/versions`, 'admin', 'Makes a draft under the next number.', {
    body: CreateVersion,
    answer: { status: 201, schema: AgentVersion },
    idempotent: true,
  }),
  op('patch', `${agent}/versions/{number}`, 'admin', 'Changes a draft.', {
    body: ChangeVersion,
    answer: { status: 200, schema: AgentVersion },
  }),
  op('post', `${agent}/versions/{number}/activate`, 'admin', 'Makes a version the active one.', {
    answer: { status: 200, schema: AgentVersion },
  }),
  op(
    'get',
    `${api}/runtime-config`,
    'read',
    'What an agent runs by, with the source of each field.',
    {
      query: RuntimeConfigQuery,
      answer: { status: 200, schema: RuntimeConfig },
    },
  ),

  op('get', `${api}/stream`, 'read', 'Live changes as server-sent events.', {
    query: StreamQuery,
    answer: { status: 200, contentType: 'text/event-stream' },
  }),
  op('patch', `${api}/stream/{stream_id}`, 'read', 'Turns a stream to the events of a session.', {
    body: FollowSession,
    answer: { status: 204 },
  }),

  op('get', `${api}/session`, 'read', 'Who asks.', { answer: { status: 200, schema: Identity } }),
  op('post', `${api}/session`, 'sign-in', 'Signs a browser in by a link or an admin key.', {
    body: SignIn,
    answer: { status: 200, schema: Identity },
  }),
  op('delete', `${api}/session`, 'read', 'Signs the browser out.', { answer: { status: 204 } }),
  op('get', `${api}/keys`, 'read', 'API keys without their secrets.', {
    answer: { status: 200, schema: KeyList },
  }),
  op('post', `${api}/keys`, 'admin', 'Makes an API key; its secret is in this answer only.', {
    body: CreateKey,
    answer: { status: 201, schema: CreatedKey },
    idempotent: true,
  }),
  op('delete', `${api}/keys/{id}`, 'admin', 'Revokes a key at once.', { answer: { status: 204 } }),
  op('get', `${api}/people`, 'read', 'People who sign in.', {
    answer: { status: 200, schema: PersonList },
  }),
  op('post', `${api}/people`, 'admin', 'Invites a person by a one-time link.', {
    body: InvitePerson,
    answer: { status: 201, schema: InvitedPerson },
    idempotent: true,
  }),
  op('delete', `${api}/people/{id}`, 'admin', "Takes a person's access away at once.", {
    answer: { status: 204 },
  }),
  op('get', `${api}/views`, 'read', 'Saved views of who asks.', {
    answer: { status: 200, schema: ViewList },
  }),
  op('post', `${api}/views`, 'read', "Saves a page's query under a name.", {
    body: CreateView,
    answer: { status: 201, schema: View },
    idempotent: true,
  }),
  op('delete', `${api}/views/{id}`, 'read', 'Removes a saved view.', { answer: { status: 204 } }),
  op('get', `${api}/policies`, 'read', 'Policies, in the order in which they are asked.', {
    answer: { status: 200, schema: PolicyList },
  }),
  op('post', `${api}/policies`, 'admin', 'Makes a policy.', {
    body: CreatePolicy,
    answer: { status: 201, schema: Policy },
    idempotent: true,
  }),
  op('patch', `${api}/policies/{id}`, 'admin', 'Changes a policy whose revision was read.', {
    body: ChangePolicy,
    answer: { status: 200, schema: Policy },
  }),
  op('delete', `${api}/policies/{id}`, 'admin', 'Removes a policy; its revisions stay.', {
    query: DeletePolicyQuery,
    answer: { status: 204 },
  }),
  op('get', `${api}/policies/{id}/revisions`, 'read', 'What a policy was, newest first.', {
    answer: { status: 200, schema: PolicyRevisionList },
  }),
  op('get', `${api}/policies/export`, 'read', 'Every policy as a policy file.', {
    answer: { status: 200, contentType: 'text/yaml' },
  }),
  op(
    'post',
    `${api}/policies/import`,
    'admin',
    'Applies a policy file, or says what it would change.',
    {
      query: ImportQuery,
      body: ImportPolicies,
      answer: { status: 200, schema: PolicyImport },
      idempotent: true,
    },
  ),
  op('post', `${api}/policies/dry-run`, 'admin', 'Replays stored sessions against a policy.', {
    body: DryRunPolicy,
    answer: { status: 200, contentType: 'text/event-stream' },
  }),
  op('get', `${api}/snapshot`, 'ingest', 'What an agent needs to decide by itself; has an ETag.', {
    query: SnapshotQuery,
    answer: { status: 200, schema: Snapshot },
  }),
  op('post', `${api}/budgets/lease`, 'ingest', "Leases a part of a tree's budget to a sender.", {
    body: LeaseBudget,
    answer: { status: 200, schema: LeasedBudget },
  }),
  op('get', `${api}/audit`, 'read', 'The audit log, newest first.', {
    query: AuditQuery,
    answer: { status: 200, schema: AuditPage },
  }),
  op('get', `${api}/health`, 'read', 'How the server is doing.', {
    answer: { status: 200, schema: HealthReport },
  }),
  op('post', `${api}/samples`, 'admin', 'Sends sample sessions, labelled as such.', {
    answer: { status: 202, schema: SampleState },
  }),
  op('get', `${api}/samples`, 'read', 'Whether sample sessions are being sent.', {
    answer: { status: 200, schema: SampleState },
  }),
  op('delete', `${api}/samples`, 'admin', 'Removes every sample session.', {
    answer: { status: 200, schema: RemovedSamples },
  }),

  op('get', `${api}/openapi.json`, 'open', 'This contract.', {
    answer: { status: 200, contentType: 'application/json' },
  }),
  op('get', '/healthz', 'open', 'Whether the process is alive.', {
    answer: { status: 200, schema: z.object({ status: z.literal('alive') }) },
  }),
  op('get', '/readyz', 'open', 'Whether the storage answers.', {
    answer: { status: 200, schema: z.object({ status: z.literal('ready') }) },
  }),
  op('get', '/metrics', 'metrics', 'Figures for Prometheus; from loopback no key is needed.', {
    answer: { status: 200, contentType: text },
  }),
];

type Rest = Pick<Operation, 'query' | 'body' | 'answer' | 'idempotent'>;

function op(
  method: Operation['method'],
  path: string,
  access: Operation['access'],
  summary: string,
  rest: Rest,
): Operation {
  return { method, path, access, summary, ...rest };
}
