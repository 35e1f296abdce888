import { Worker } from 'node:worker_threads';

/** What the worker is told; it must be cloneable. */
interface DrainTask {
  readonly url: string;
  readonly apiKey: string;
  readonly bodies: readonly Buffer[];
  /** [finished, one result per body: 0 not sent, 1 all decided, 2 some to be sent again]. */
  readonly results: SharedArrayBuffer;
}

/**
 * Sends request bodies while the process exits: a worker does the network, this thread waits at most
 * `budgetMs`. The answer tells for each body whether the server has decided on all of it.
 */
export function drainAtExit(
  apiUrl: string,
  apiKey: string,
  bodies: readonly Buffer[],
  budgetMs: number,
): boolean[] {
  const results = new Int32Array(new SharedArrayBuffer(4 * (bodies.length + 1)));
  const url = `${apiUrl}/api/v1/ingest`;
  const task: DrainTask = { url, apiKey, bodies, results: results.buffer };
  try {
    const worker = new Worker(`(${sendAll.toString()})()`, {
      eval: true,
      workerData: task,
      execArgv: [],
    });
    worker.unref();
    Atomics.wait(results, 0, 0, budgetMs);
  } catch {
    // No worker can be started any more: the spool keeps the records.
  }
  return bodies.map((_, index) => Atomics.load(results, index + 1) === 1);
}

/** Runs in the worker, from its source text: nothing from outside may be named here. */
function sendAll(): void {
  const load = process.getBuiltinModule;
  const { url, apiKey, bodies, results } = load('node:worker_threads').workerData as DrainTask;
  const state = new Int32Array(results);
  const make = url.startsWith('https:') ? load('node:https').request : load('node:http').request;
  const headers = { 'content-type': 'application/json', 'x-api-key': apiKey };
  const finish = () => {
    Atomics.store(state, 0, 1);
    Atomics.notify(state, 0);
  };
  const post = (index: number): void => {
    const body = bodies[index];
    if (body === undefined) return finish();
    const request = make(url, { method: 'POST', headers }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('error', finish);
      response.on('end', () => {
        if (response.statusCode !== 200) return finish();
        const isOpen = text.includes('"retryable":true') || !text.includes('"accepted"');
        Atomics.store(state, index + 1, isOpen ? 2 : 1);
        post(index + 1);
      });
    });
    request.on('error', finish);
    request.end(Buffer.from(body));
  };
  post(0);
}
