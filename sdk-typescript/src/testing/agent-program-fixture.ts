import { setTimeout as sleep } from 'node:timers/promises';
import { isMainThread, Worker, workerData } from 'node:worker_threads';
import { attachSession, configure, flush, startSession, type Session } from '../index.ts';

/** Programs that the tests run as processes of their own: the first argument names one. */
const programs: Readonly<Record<string, (count: number) => unknown>> = {
  /** Runs a session of `count` events to its natural end. */
  finish: (count) => startSession({ goal: 'finish' }, (session) => emit(session, count)),
  /** Leaves by `process.exit` in the middle of a session. */
  exit: (count) =>
    startSession({ goal: 'exit' }, (session) => {
      emit(session, count);
      process.exit(3);
    }),
  /** Dies of an exception in a timer of a session. */
  throw: (count) =>
    startSession({ goal: 'throw' }, async (session) => {
      emit(session, count);
      setTimeout(() => {
        throw new RangeError('nobody catches this');
      }, 1);
      await sleep(60_000);
    }),
  /** Emits `count` events, says so, and waits to be killed. */
  wait: (count) =>
    startSession({ goal: 'wait' }, async (session) => {
      emit(session, count);
      console.log(`emitted ${count} in ${session.sessionId}`);
      await sleep(60_000);
    }),
  /** Emits an event every 5 ms, telling the number after each call returned. */
  stream: () =>
    startSession({ goal: 'stream' }, async (session) => {
      for (let seq = 1; seq < 10_000; seq += 1) {
        session.event('log', { data: { message: String(seq) } });
        process.stdout.write(`${session.sessionId} ${seq}\n`);
        await sleep(5);
      }
    }),
  /** Joins the session of the main thread from `count` worker threads. */
  workers: (count) =>
    startSession({ goal: 'workers' }, async ({ sessionId }) => {
      await Promise.all(Array.from({ length: count }, () => runWorker(sessionId)));
    }),
  /** Configures by argument, so that a worker can only inherit it. */
  inherit: (count) => {
    configure({
      apiKey: 'nk_by_argument_0123456789',
      apiUrl: process.env['AGENT_URL'],
      environment: 'inherited',
      ...(count > 0 ? { redact: () => 'redacted' } : {}),
    });
    return startSession({ goal: 'inherit' }, ({ sessionId }) => runWorker(sessionId));
  },
  /** Waits for everything, what others left included. */
  drain: async () => {
    await startSession({ goal: 'drain' }, () => {});
    console.log(`flushed ${await flush(10)}`);
  },
  /** Starts a session, keeps nothing, ends nothing. */
  forget: async (count) => {
    emit(await startSession({ goal: 'forget' }), count);
  },
};

function emit(session: Session, count: number): void {
  for (let at = 1; at <= count; at += 1) session.event('log', { data: { message: String(at) } });
}

function runWorker(sessionId: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: { sessionId } });
    worker.once('error', reject);
    worker.once('exit', () => resolve());
  });
}

if (isMainThread) {
  const exitFlushSeconds = Number(process.env['AGENT_EXIT_SECONDS'] ?? '30');
  if (process.argv[2] !== 'inherit') configure({ exitFlushSeconds });
  const [name = '', count = '0'] = process.argv.slice(2);
  await programs[name]?.(Number(count));
} else {
  const { sessionId } = workerData as { readonly sessionId: string };
  await attachSession(sessionId, async (session) => {
    emit(session, 3);
    await startSession({ goal: 'in the worker' }, () => {});
  });
}
