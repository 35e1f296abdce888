import type { IngestRecord } from '@niitaka/protocol/ingest.ts';
import type { Client } from '../client/client.ts';
import { wireTime } from '../transport/wire-time.ts';
import { entriesOf, show } from './check-arguments.ts';
import type { SessionOptions } from './session-options.ts';

const tagLimit = 20;
const tagKey = /^[a-zA-Z0-9_.-]{1,64}$/;

/** The record that starts a session: what the host told of it, filtered. */
export function startRecord(
  client: Client,
  sessionId: string,
  parentSessionId: string | null,
  options: SessionOptions,
  policyHash: string | null,
): IngestRecord {
  const { content, settings } = client;
  const text = (value: string | null | undefined, path: string) =>
    value == null ? undefined : content.passText(value, path);
  const { metadata, tags } = options;
  return {
    kind: 'session.start',
    session_id: sessionId,
    ...defined({
      agent_id: options.agentId,
      goal: text(options.goal, 'goal'),
      environment: options.environment ?? settings.environment ?? undefined,
      parent_session_id: parentSessionId ?? undefined,
      experiment_id: options.experimentId,
      variant: options.variant,
      agent_version: options.agentVersion,
      user_id: text(options.userId, 'user_id'),
      conversation_id: text(options.conversationId, 'conversation_id'),
      tags: tags && passTags(client, tags),
      metadata: metadata && content.passObject(metadata, 'metadata').value,
      policy_source: policyHash === null ? undefined : 'file',
      policy_hash: policyHash ?? undefined,
    }),
    started_at: wireTime(Date.now()),
  };
}

function passTags(client: Client, tags: Readonly<Record<string, string>>): Record<string, string> {
  const passed: Record<string, string> = {};
  for (const [key, value] of entriesOf(tags)) {
    if (!tagKey.test(key)) {
      client.misuse(
        'tags',
        `Tag left out: its key must be 1 to 64 of a-z A-Z 0-9 _ . -: got ${show(key)}`,
      );
    } else if (Object.keys(passed).length >= tagLimit) {
      client.misuse('tags', `Tag ${show(key)} left out: a session has at most ${tagLimit}`);
    } else if (value !== undefined) {
      const text = client.content.passText(String(value), `tags.${key}`);
      if (text !== undefined) passed[key] = text;
    }
  }
  return passed;
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function defined<T extends object>(fields: T): Defined<T> {
  const known = Object.entries(fields).filter(([, value]) => value !== undefined && value !== null);
  return Object.fromEntries(known) as Defined<T>;
}
