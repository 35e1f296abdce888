import { limits } from '@niitaka/core/limits.ts';
import type { EventLevel, EventType } from '@niitaka/core/event/event.ts';
import type {
  AckRecord,
  Cut,
  EventRecord,
  MetricsRecord,
  ParsedRecord,
  SignalRecord,
  StartRecord,
  TraceRecord,
} from '../commands/ingest/record.ts';
import { cutLongTexts } from './check-shape.ts';
import {
  jsonText,
  readCounts,
  readId,
  readName,
  readNumber,
  readTags,
  readTime,
  readWord,
  type Raw,
} from './parse-fields.ts';

/** What a record is read with. */
export interface Reading {
  readonly index: number;
  /** The sender of records that name none; null when the batch names none either. */
  readonly instanceId: string | null;
  readonly warnings: string[];
}

/** Reads a record that its schema and {@link recordProblem} found good. */
export function parseRecord(kind: string, raw: Raw, reading: Reading): ParsedRecord {
  switch (kind) {
    case 'session.start':
      return startOf(raw, reading);
    case 'event':
      return eventOf(raw, reading, true);
    case 'event.update':
      return eventOf(raw, reading, false);
    case 'session.metrics':
      return metricsOf(raw, reading);
    case 'session.heartbeat':
      return heartbeatOf(raw, reading);
    case 'signal':
      return signalOf(raw, reading);
    case 'trace':
      return traceOf(raw, reading);
    case 'command.ack':
      return ackOf(raw, reading);
    case 'sender.close':
      return {
        kind,
        ...placed(raw, reading),
        ...closing(raw),
        sender: readId(raw['sender']) ?? '',
      };
    default:
      return endOf(raw, reading);
  }
}

/** What a schema cannot see: times that do not exist, figures out of range, an agent's id (A1); null when good. */
export function recordProblem(kind: string, raw: Raw): string | null {
  for (const field of timeFields) {
    const value = raw[field];
    if (typeof value === 'string' && Number.isNaN(readTime(value))) {
      return `${field} must be a time that exists: got ${JSON.stringify(value)}`;
    }
  }
  if (kind === 'session.start') return agentProblem(raw['agent_id']);
  const isLlm = (kind === 'event' || kind === 'event.update') && raw['type'] === 'llm';
  return isLlm ? llmProblem(raw['data'] as Raw) : null;
}

const timeFields = ['started_at', 'ended_at', 'recorded_at', 'occurred_at', 'at'];

function agentProblem(value: unknown): string | null {
  if (typeof value !== 'string' || value === '') return null;
  if (value === '.' || value === '..' || /\p{Cc}/u.test(value)) {
    return `agent_id must not be "." or ".." nor hold control characters: got ${JSON.stringify(value)}`;
  }
  return null;
}

const tokenFields = [
  'input_tokens',
  'output_tokens',
  'cache_read_tokens',
  'cache_write_5m_tokens',
  'cache_write_1h_tokens',
  'reasoning_tokens',
  'input_audio_tokens',
  'output_audio_tokens',
  'input_image_tokens',
  'output_image_tokens',
];

function llmProblem(data: Raw): string | null {
  for (const field of tokenFields) {
    const value = data[field];
    if (value === undefined || value === null) continue;
    if (!(typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 1e9)) {
      return `data.${field} must be a whole number from 0 to 1000000000: got ${JSON.stringify(value)}`;
    }
  }
  const cost = data['cost_usd'];
  if (cost === undefined || cost === null) return null;
  const isGood = typeof cost === 'number' && cost >= 0 && cost <= 1e6;
  return isGood ? null : `data.cost_usd must be from 0 to 1000000: got ${JSON.stringify(cost)}`;
}

function placed(raw: Raw, { index, instanceId }: Reading) {
  return {
    index,
    sessionId: readId(raw['session_id']) ?? '',
    sender: readId(raw['sender']) ?? instanceId,
    seq: readNumber(raw['seq']),
  };
}

function closing(raw: Raw) {
  return {
    lastSeq: readNumber(raw['last_seq']) ?? 0,
    dropped: readCounts(raw['dropped']),
    omitted: readCounts(raw['omitted']),
  };
}

function startOf(raw: Raw, reading: Reading): StartRecord {
  const truncated: Cut[] = [];
  const name = (field: string) => readName(raw, field, truncated);
  return {
    kind: 'session.start',
    ...placed(raw, reading),
    agentId: readName(raw, 'agent_id', truncated, limits.agentIdCharacters),
    goal: readName(raw, 'goal', truncated, limits.goalCharacters),
    environment: name('environment') ?? 'production',
    parentSessionId: readId(raw['parent_session_id']),
    experimentId: name('experiment_id'),
    variant: name('variant'),
    agentVersion: name('agent_version'),
    userId: name('user_id'),
    conversationId: name('conversation_id'),
    tags: readTags(raw['tags'], truncated, reading.warnings),
    metadata: jsonText(cutLongTexts(raw['metadata'], 'metadata', truncated)),
    startedAtMs: readTime(raw['started_at']),
    policySource: name('policy_source'),
    policyHash: name('policy_hash'),
    truncated,
  };
}

function eventOf(raw: Raw, reading: Reading, opens: boolean): EventRecord {
  const truncated: Cut[] = [...((raw['truncated'] as Cut[] | null | undefined) ?? [])];
  const { data, dataText } = dataOf(raw['data'] as Raw, truncated);
  const endedAt = raw['ended_at'] ?? null;
  return {
    kind: 'event',
    ...placed(raw, reading),
    eventId: readId(raw['event_id']) ?? '',
    opens,
    closes: endedAt !== null,
    type: raw['type'] as EventType,
    name: readName(raw, 'name', truncated),
    parentEventId: readId(raw['parent_event_id']),
    startedAtMs: readTime(raw['started_at']),
    endedAtMs: endedAt === null ? null : readTime(endedAt),
    latencyMs: readNumber(raw['latency_ms']),
    level: (raw['level'] as EventLevel | null | undefined) ?? null,
    data,
    dataText,
    truncated,
  };
}

/** Small data, nearly all of it, holds no text long enough to be cut. */
function dataOf(data: Raw, truncated: Cut[]): { data: Raw; dataText: string } {
  const dataText = JSON.stringify(data);
  if (dataText.length * 3 <= limits.textBytes) return { data, dataText };
  const cut = cutLongTexts(data, 'data', truncated) as Raw;
  return { data: cut, dataText: JSON.stringify(cut) };
}

function metricsOf(raw: Raw, reading: Reading): MetricsRecord {
  return {
    kind: 'session.metrics',
    ...placed(raw, reading),
    metrics: raw['metrics'] as Raw,
    recordedAtMs: readTime(raw['recorded_at']),
  };
}

function heartbeatOf(raw: Raw, { index }: Reading): ParsedRecord {
  const ids = raw['session_ids'] as string[];
  return { kind: 'session.heartbeat', index, sessionIds: ids.map((id) => id.toLowerCase()) };
}

function signalOf(raw: Raw, reading: Reading): SignalRecord {
  return {
    kind: 'signal',
    ...placed(raw, reading),
    sessionId: readId(raw['session_id']),
    signalId: readId(raw['signal_id']) ?? '',
    type: readWord(raw, 'type'),
    subtype: readWord(raw, 'subtype'),
    action: readName(raw, 'action', []),
    severity: readWord(raw, 'severity'),
    agentId: readName(raw, 'agent_id', [], limits.agentIdCharacters),
    policyId: readName(raw, 'policy_id', []),
    eventId: readId(raw['event_id']),
    message: String(raw['message']),
    data: jsonText(cutLongTexts(raw['data'], 'data', [])),
    occurredAtMs: readTime(raw['occurred_at']),
  };
}

function traceOf(raw: Raw, reading: Reading): TraceRecord {
  return {
    kind: 'trace',
    ...placed(raw, reading),
    traceId: readId(raw['trace_id']) ?? '',
    eventId: readId(raw['event_id']),
    policyId: readName(raw, 'policy_id', []),
    policyRevision: readNumber(raw['policy_revision']),
    action: readWord(raw, 'action'),
    inputs: JSON.stringify(raw['inputs']),
    considered: JSON.stringify(raw['considered']),
    errors: JSON.stringify(raw['errors']),
    decidedBy: readWord(raw, 'decided_by'),
    enforced: raw['enforced'] === true,
    latencyUs: readNumber(raw['latency_us']),
    occurredAtMs: readTime(raw['occurred_at']),
  };
}

function ackOf(raw: Raw, reading: Reading): AckRecord {
  return {
    kind: 'command.ack',
    ...placed(raw, reading),
    commandId: readId(raw['command_id']) ?? '',
    state: raw['state'] as AckRecord['state'],
    atMs: readTime(raw['at']),
    reason: readName(raw, 'reason', [], limits.goalCharacters),
  };
}

function endOf(raw: Raw, reading: Reading): ParsedRecord {
  return {
    kind: 'session.end',
    ...placed(raw, reading),
    ...closing(raw),
    lastSeq: readNumber(raw['last_seq']),
    endedAtMs: readTime(raw['ended_at']),
  };
}
