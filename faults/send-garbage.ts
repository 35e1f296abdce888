import { gzipSync } from 'node:zlib';
import { engineNames } from '../server/src/storage/port.ts';
import { hold, type Fault } from './fault.ts';
import { withServer } from './place.ts';
import { faultKey, type ServerUnderFault } from './server-under-fault.ts';

/** Memory that the server may have taken when all is over, MB. */
const residentLimitMb = 450;

/** Bodies and queries nobody should send: each gets a clear refusal, and the server lives on. */
export const sendGarbage: Fault = {
  name: 'send-garbage',
  what: 'garbage on every endpoint',
  gate: '0 x 5xx, 0 crashes, memory bounded',
  engines: engineNames,
  rounds: { full: 50, short: 2, shortOnPostgres: null },
  run: (rounds, engine) =>
    withServer(engine, async (server) => {
      let requests = 0;
      for (let round = 0; round < rounds; round += 1) {
        for (const body of ingestBodies()) {
          await check(server, 'POST', '/ingest', body);
          requests += 1;
        }
        requests += await everyEndpoint(server);
      }
      const health = await fetch(`${server.url}/healthz`);
      hold(health.status === 200, `afterwards /healthz answered ${health.status}`);
      const residentMb = server.residentMb();
      hold(residentMb < residentLimitMb, `the server holds ${residentMb.toFixed(0)} MB`);
      return `${requests} requests, ${residentMb.toFixed(0)} MB held`;
    }),
};

interface Garbage {
  readonly bytes: Uint8Array | string;
  readonly encoding?: string;
}

function ingestBodies(): Garbage[] {
  const id = '018f0000-0000-7000-8000-000000000001';
  const record = (fields: string) =>
    `{"records":[{"kind":"event","session_id":"${id}","event_id":"${id}","type":"llm","started_at":"2026-01-01T00:00:00Z",${fields}}]}`;
  const deep = '['.repeat(10_000) + ']'.repeat(10_000);
  const texts = [
    '',
    'null',
    '[]',
    '{}',
    '{"records":{}}',
    '{"records":[null,1,"x",[],{}]}',
    '{"records":[{"kind":"__proto__"},{"kind":"constructor"},{"kind":"toString"}]}',
    record('"data":{"input_tokens":1e308}'),
    record('"data":{"cost_usd":-1}'),
    record('"data":{"input_tokens":NaN}'),
    record(`"data":{"x":${deep}}`),
    record('"data":{"x":"\\u0000\\ud800"}'),
    record('"data":{"__proto__":{"x":1}}'),
    record('"ended_at":"2026-99-99T99:99:99Z","data":{}'),
    record('"seq":-1,"data":{}'),
    record(`"data":{${Array.from({ length: 600 }, (_, n) => `"k${n}":1`).join(',')}}`),
    `{"records":[${Array.from({ length: 1_001 }, () => '{}').join(',')}]}`,
    deep,
    '{"records":[{"kind":"session.heartbeat","session_ids":["x"]}],"sent_at":5,"sdk":[]}',
  ];
  return [
    ...texts.map((bytes) => ({ bytes })),
    { bytes: Buffer.from([0xff, 0xfe, 0x7b, 0x7d]) },
    { bytes: gzipSync(Buffer.alloc(64 * 1024 * 1024)), encoding: 'gzip' },
    { bytes: gzipSync('{"records":[]}').subarray(0, 12), encoding: 'gzip' },
    { bytes: 'not gzip', encoding: 'gzip' },
    { bytes: '{}', encoding: 'br' },
    { bytes: Buffer.alloc(9 * 1024 * 1024, 0x20) },
  ];
}

const strangeValues = [
  '',
  '%00',
  '%F0%9F%92%A9',
  '../../etc/passwd',
  '1e308',
  '-1',
  "' or 1=1 --",
  'x'.repeat(5_000),
];

interface OpenApi {
  readonly paths: Readonly<
    Record<string, Readonly<Record<string, { parameters?: { name: string; in: string }[] }>>>
  >;
}

async function everyEndpoint(server: ServerUnderFault): Promise<number> {
  const { paths } = await server.get<OpenApi>('/openapi.json');
  let requests = 0;
  for (const [path, operations] of Object.entries(paths)) {
    for (const [method, operation] of Object.entries(operations)) {
      if (path.includes('stream') || path.includes('samples')) continue;
      for (const value of strangeValues) {
        const names = (operation.parameters ?? [])
          .filter((one) => one.in === 'query')
          .map((one) => one.name);
        const query = names
          .map((name) => `${name}=${value}`)
          .join('&')
          .slice(0, 8_000);
        const filled = path.replaceAll(
          /\{[^}]+\}/g,
          encodeURIComponent(value.slice(0, 100) || 'x'),
        );
        const url = `${filled.replace(/^\/api\/v1/, '')}?${query}`;
        await check(
          server,
          method.toUpperCase(),
          url,
          method === 'get' ? null : { bytes: '{"a":[1]}' },
        );
        requests += 1;
      }
    }
  }
  return requests;
}

async function check(
  server: ServerUnderFault,
  method: string,
  path: string,
  body: Garbage | null,
): Promise<void> {
  const headers: Record<string, string> = { 'x-api-key': faultKey };
  if (body !== null) headers['content-type'] = 'application/json';
  if (body?.encoding !== undefined) headers['content-encoding'] = body.encoding;
  const answer = await fetch(`${server.url}/api/v1${path}`, {
    method,
    headers,
    body: body === null || method === 'GET' ? null : Buffer.from(body.bytes as string),
  }).catch((error: unknown) => {
    // A body over the limit may be refused by closing the connection while it is still being sent.
    if (body !== null && body.bytes.length > 1024 * 1024) return null;
    throw error;
  });
  await answer?.arrayBuffer();
  hold(
    answer === null || answer.status < 500,
    `${method} ${path.slice(0, 200)} answered ${answer?.status}`,
  );
}
