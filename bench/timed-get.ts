import { request, type Agent } from 'node:http';
import { benchKey } from './server-process.ts';

/** Milliseconds until a resource of the API has been read to its end over a connection of the agent. */
export function timedGet(port: number, agent: Agent, path: string): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const startedAt = performance.now();
  const url = { host: '127.0.0.1', port, path: `/api/v1${path}`, agent };
  request({ ...url, headers: { 'x-api-key': benchKey } }, (answer) => {
    answer.setEncoding('utf8');
    let text = '';
    answer.on('data', (chunk: string) => (text += chunk));
    answer.on('end', () => {
      if (answer.statusCode === 200) resolve(performance.now() - startedAt);
      else reject(new Error(`${path} answered ${answer.statusCode}: ${text.slice(0, 300)}`));
    });
  })
    .on('error', reject)
    .end();
  return promise;
}
