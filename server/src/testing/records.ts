/** The organisation that test records belong to. */
export const testOrgId = '00000000-0000-7000-8000-0000000000ff';

/** A moment in the middle of a day: 2026-06-15T12:00:00Z, ms since the epoch. */
export const noonMs = Date.UTC(2026, 5, 15, 12);

/** A session's id by its number. */
export function sessionId(number: number): string {
  return `00000000-0000-7000-8000-${number.toString(16).padStart(12, '0')}`;
}

/** An event's id by its number. */
export function eventId(number: number): string {
  return `00000000-0000-7000-a000-${number.toString(16).padStart(12, '0')}`;
}

/** A sender's id by its number. */
export function senderId(number: number): string {
  return `00000000-0000-4000-8000-${number.toString(16).padStart(12, '0')}`;
}

/** A time on the wire. */
export function iso(ms: number): string {
  return new Date(ms).toISOString();
}

type Fields = Readonly<Record<string, unknown>>;

/** A `session.start` record. */
export function start(session: number, more: Fields = {}) {
  return {
    kind: 'session.start',
    session_id: sessionId(session),
    started_at: iso(noonMs),
    ...more,
  };
}

/** A finished `event` record of a priced call: 0.5 USD reported, 10 + 4 tokens. */
export function llm(session: number, event: number, more: Fields = {}) {
  return {
    ...call(session, event),
    type: 'llm',
    data: {
      provider: 'openai',
      model: 'gpt-5',
      input_tokens: 10,
      output_tokens: 4,
      cost_usd: 0.5,
    },
    ...more,
  };
}

/** A finished `event` record of a tool call. */
export function tool(session: number, event: number, more: Fields = {}) {
  return { ...call(session, event), type: 'tool', name: 'search', data: {}, ...more };
}

/** A finished `event` record of an error. */
export function error(session: number, event: number, more: Fields = {}) {
  const data = { kind: 'timeout', message: 'took too long' };
  return { ...call(session, event), type: 'error', data, ...more };
}

/** A `sender.close` record. */
export function close(session: number, sender: number, lastSeq: number, more: Fields = {}) {
  return {
    kind: 'sender.close',
    session_id: sessionId(session),
    sender: senderId(sender),
    last_seq: lastSeq,
    dropped: {},
    ...more,
  };
}

/** A `session.end` record, `afterMs` after noon. */
export function end(session: number, afterMs = 10_000, more: Fields = {}) {
  return {
    kind: 'session.end',
    session_id: sessionId(session),
    ended_at: iso(noonMs + afterMs),
    ...more,
  };
}

/** A `session.metrics` record. */
export function metrics(session: number, values: Fields, more: Fields = {}) {
  return {
    kind: 'session.metrics',
    session_id: sessionId(session),
    metrics: values,
    recorded_at: iso(noonMs),
    ...more,
  };
}

/** A `session.heartbeat` record. */
export function heartbeat(...sessions: number[]) {
  return { kind: 'session.heartbeat', session_ids: sessions.map(sessionId) };
}

/** A `signal` record of a session. */
export function signal(session: number | null, number: number, more: Fields = {}) {
  return {
    kind: 'signal',
    signal_id: `00000000-0000-7000-b000-${number.toString(16).padStart(12, '0')}`,
    ...(session === null ? {} : { session_id: sessionId(session) }),
    type: 'alert',
    subtype: 'cost_spike',
    severity: 'warning',
    message: 'spent more than usual',
    occurred_at: iso(noonMs),
    ...more,
  };
}

/** A `trace` record of a session. */
export function trace(session: number, number: number, more: Fields = {}) {
  return {
    kind: 'trace',
    trace_id: `00000000-0000-7000-b100-${number.toString(16).padStart(12, '0')}`,
    session_id: sessionId(session),
    action: 'warn',
    inputs: { cost: 1 },
    considered: [{ policy_id: 'p1', revision: 1, result: 'matched', mode: 'enforce' }],
    errors: [],
    decided_by: 'sdk',
    enforced: true,
    occurred_at: iso(noonMs),
    ...more,
  };
}

/** Laid over an `event` record it makes it the opening one. */
export const opening = { ended_at: null };

/** A finished `event` record as the `event.update` that closes it. */
export function update(event: Fields, more: Fields = {}) {
  return { ...event, kind: 'event.update', ...more };
}

/** The number of a record within its sender. */
export function numbered(sender: number, seq: number) {
  return { sender: senderId(sender), seq };
}

function call(session: number, event: number) {
  return {
    kind: 'event',
    session_id: sessionId(session),
    event_id: eventId(event),
    started_at: iso(noonMs + 1_000),
    ended_at: iso(noonMs + 2_000),
  };
}
