import { setTimeout as sleep } from 'node:timers/promises';
import OpenAI from 'openai';
import { defaultClient } from '../client/default-client.ts';
import {
  AgentExecutionStoppedError,
  flush,
  observe,
  startSession,
  type Session,
} from '../index.ts';

/** What one process of a tree of agents does. */
export interface TreeTask {
  readonly providerUrl: string;
  /** The root that another process started; null where this one starts it. */
  readonly rootId: string | null;
  /** Ids of all sessions by their parent's; a parent stands before its children. */
  readonly sessions: readonly (readonly [id: string, parentId: string | null])[];
  readonly callsPerSession: number;
  readonly maxTokens: number;
}

/** What came of it. */
export interface TreeOutcome {
  readonly answered: number;
  readonly stopped: readonly { readonly message: string; readonly found: number | null }[];
  /** Of one more call in each session, after all others. */
  readonly afterwards: readonly string[];
}

const agentId = 'tree-agent';
const snapshotWithinMs = 30_000;

/** Runs the sessions, with all their calls at once. */
async function run(task: TreeTask): Promise<TreeOutcome> {
  const client = observe(
    new OpenAI({ apiKey: 'sk', baseURL: `${task.providerUrl}/v1`, maxRetries: 0 }),
  );
  const { policies } = defaultClient().outlet;
  const key = { agentId, environment: 'production', experimentId: null, variant: null };
  const sessions: Session[] = [];
  for (const [sessionId, parentSessionId] of task.sessions) {
    sessions.push(await startSession({ sessionId, parentSessionId, agentId }));
  }
  const untilTick = performance.now() + snapshotWithinMs;
  while (policies?.of(key) == null && performance.now() < untilTick) await sleep(10);
  const call = (session: Session) =>
    session.run(() =>
      client.chat.completions.create({
        model: 'gpt-5',
        max_tokens: task.maxTokens,
        messages: [{ role: 'user', content: 'x'.repeat(400) }],
      }),
    );
  const rounds = Array.from({ length: task.callsPerSession }, () => sessions).flat();
  const settled = await Promise.allSettled(rounds.map(call));
  await flush(10);
  const later = await Promise.allSettled(sessions.map(call));
  await flush(10);
  for (const session of sessions) session.end();
  await flush(10);
  return {
    answered: [...settled, ...later].filter(({ status }) => status === 'fulfilled').length,
    stopped: settled.flatMap(stopIn),
    afterwards: later.flatMap((it) => stopIn(it).map(({ message }) => message)),
  };
}

function stopIn(
  settled: PromiseSettledResult<unknown>,
): readonly { readonly message: string; readonly found: number | null }[] {
  if (settled.status === 'fulfilled') return [];
  const reason: unknown = settled.reason;
  if (!(reason instanceof AgentExecutionStoppedError)) throw reason;
  return [{ message: reason.message, found: reason.found }];
}

console.log(JSON.stringify(await run(JSON.parse(process.argv[2] ?? '{}') as TreeTask)));
