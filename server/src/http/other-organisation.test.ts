import { afterAll, beforeAll, expect, test } from 'vitest';
import { success } from '@niitaka/core/result.ts';
import type { Command } from '../commands/command.ts';
import { openServer, type TestServer } from '../testing/open-server.ts';
import { openStream, type StreamClient } from '../testing/open-stream.ts';
import { runCommandAlone } from '../writer/run-command-alone.ts';
import { sha256 } from './secret.ts';

const otherKey = 'nk_other_0123456789abcdef0123456789abcdef';
const session = '01990000-0000-7000-8000-000000000001';
const event = '01990000-0000-7000-9000-000000000001';
const agent = 'secret-agent';
const signal = '01990000-0000-7000-a000-000000000001';
const at = '2026-06-15T12:00:00.000Z';

let server: TestServer;
let stream: StreamClient;
let streamId = '';
let keyId = '';
let personId = '';
let viewId = '';

/** A second organisation, as a later command will make it. */
const addOrganisation: Command<null, null> = async ({ tx, nowMs, newId }) => {
  const orgId = newId();
  await tx.insertOrganisation({ id: orgId, name: 'Other', createdAtMs: nowMs });
  const key = { orgId, id: newId(), name: 'Other key', prefix: 'nk_other', createdAtMs: nowMs };
  const scopes = ['ingest', 'read', 'admin'] as const;
  await tx.insertKey({ ...key, scopes, lastUsedAtMs: null, revokedAtMs: null }, sha256(otherKey));
  return success(null);
};

const records = [
  {
    kind: 'session.start',
    session_id: session,
    goal: 'secret plan',
    agent_id: agent,
    started_at: at,
  },
  {
    kind: 'event',
    session_id: session,
    event_id: event,
    type: 'log',
    started_at: at,
    ended_at: at,
    data: { message: 'secret line' },
  },
  {
    kind: 'signal',
    signal_id: signal,
    session_id: session,
    type: 'alert',
    subtype: 'cost_spike',
    severity: 'info',
    message: 'secret signal',
    occurred_at: at,
  },
];

beforeAll(async () => {
  server = await openServer();
  const { dataDir, databaseUrl } = server;
  const config = { dataDir, databaseUrl, staleAfterMs: 300_000 };
  await runCommandAlone(config, addOrganisation, null);
  await server.ask('POST', '/api/v1/ingest', { body: { records } });
  const make = async (path: string, body: object) =>
    (await server.ask('POST', path, { body })).json.id as string;
  keyId = await make('/api/v1/keys', { name: 'secret key', scopes: ['read'] });
  personId = await make('/api/v1/people', { name: 'secret person', role: 'read' });
  viewId = await make('/api/v1/views', { name: 'secret view', page: 'sessions', query: '' });
  const versions = `/api/v1/agents/${agent}/versions`;
  await server.ask('POST', versions, { body: { system_prompt: 'secret prompt' } });
  await server.ask('POST', `${versions}/1/activate`);
  stream = await openStream(server.url, { 'x-api-key': server.key });
  const hello = await stream.until((message) => message.event === 'hello');
  streamId = JSON.parse(hello.text).stream_id;
});

afterAll(async () => {
  stream.close();
  await server.close();
});

const other = (method: string, path: string, body?: object) =>
  server.ask(method, path, { key: otherKey, ...(body === undefined ? {} : { body }) });

test("another organisation's ids answer exactly as ids that do not exist (O1)", async () => {
  const unknown = '01990000-0000-7000-8000-00000000ffff';
  const paths: readonly [string, (id: string) => string, string, object?][] = [
    ['GET', (id) => `/api/v1/sessions/${id}`, session],
    ['GET', (id) => `/api/v1/sessions/${id}/children`, session],
    ['GET', (id) => `/api/v1/sessions/${id}/tree`, session],
    ['GET', (id) => `/api/v1/sessions/${id}/events`, session],
    ['GET', (id) => `/api/v1/sessions/${id}/events/${event}`, session],
    ['GET', (id) => `/api/v1/sessions/${id}/cost`, session],
    ['GET', (id) => `/api/v1/sessions/${id}/signals`, session],
    ['GET', (id) => `/api/v1/sessions/${id}/traces`, session],
    ['DELETE', (id) => `/api/v1/sessions/${id}`, session],
    ['DELETE', (id) => `/api/v1/keys/${id}`, keyId],
    ['DELETE', (id) => `/api/v1/people/${id}`, personId],
    ['DELETE', (id) => `/api/v1/views/${id}`, viewId],
    ['PATCH', (id) => `/api/v1/stream/${id}`, streamId, { session_id: null }],
    ['GET', (id) => `/api/v1/agents/${id}`, agent],
    ['PATCH', (id) => `/api/v1/agents/${id}`, agent, { name: 'x' }],
    ['GET', (id) => `/api/v1/agents/${id}/versions`, agent],
    ['POST', (id) => `/api/v1/agents/${id}/versions`, agent, {}],
    ['PATCH', (id) => `/api/v1/agents/${id}/versions/1`, agent, { revision: 1, model: 'x' }],
    ['POST', (id) => `/api/v1/agents/${id}/versions/1/activate`, agent],
    ['GET', (id) => `/api/v1/runtime-config?agent_id=${id}`, agent],
  ];
  for (const [method, path, id, body] of paths) {
    const foreign = await other(method, path(id), body);
    const absent = await other(method, path(unknown), body);
    expect([path(id), foreign.status]).toEqual([path(id), absent.status]);
    expect(foreign.text.replaceAll(id, unknown)).toBe(absent.text);
  }
});

test('lists, figures and searches of another organisation hold nothing of ours (O1)', async () => {
  for (const path of [
    '/api/v1/sessions',
    '/api/v1/sessions?q=secret',
    '/api/v1/sessions/stats',
    '/api/v1/sessions/export?format=jsonl',
    '/api/v1/sessions/export?format=csv',
    '/api/v1/signals',
    '/api/v1/agents',
    '/api/v1/keys',
    '/api/v1/people',
    '/api/v1/views',
    '/api/v1/audit',
  ]) {
    const answer = await other('GET', path);
    expect([path, answer.status]).toEqual([path, 200]);
    expect(answer.text).not.toContain('secret');
    expect(answer.text).not.toContain(session);
  }
});

test('the same session id in another organisation is another session (O1)', async () => {
  const start = { kind: 'session.start', session_id: session, goal: 'theirs', started_at: at };
  const answer = await other('POST', '/api/v1/ingest', { records: [start] });
  expect(answer.json).toMatchObject({ accepted: 1, duplicates: 0, rejected: [] });
  const theirs = await other('GET', `/api/v1/sessions/${session}`);
  expect(theirs.json).toMatchObject({ goal: 'theirs', event_count: 0 });
  const ours = await server.ask('GET', `/api/v1/sessions/${session}`);
  expect(ours.json).toMatchObject({ goal: 'secret plan', event_count: 1 });
});

test("a stream never carries another organisation's changes (O1)", async () => {
  const theirs = await openStream(server.url, { 'x-api-key': otherKey }, `?session_id=${session}`);
  await theirs.until((message) => message.event === 'hello');
  const more = { ...records[1], event_id: '01990000-0000-7000-9000-000000000002' };
  await server.ask('POST', '/api/v1/ingest', { body: { records: [more] } });
  await stream.until(({ text }) => text.includes('"event_count":2'));
  await server.ask('POST', '/api/v1/ingest', {
    key: otherKey,
    body: {
      records: [{ ...records[0], session_id: '01990000-0000-7000-8000-000000000009' }],
    },
  });
  await theirs.until(({ text }) => text.includes('000000000009'));
  expect(theirs.messages.map((message) => message.event)).toEqual(['hello', 'session']);
  theirs.close();
});
