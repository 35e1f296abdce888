import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { flush, startSession } from '../sdk-typescript/src/index.ts';

// Emits events at a rate for some seconds, tells what memory it took, and delivers once it is told to.
const [perSecond = 0, seconds = 0] = process.argv.slice(2).map(Number);
const text = 'x'.repeat(600);
const residentMb = () => process.memoryUsage.rss() / 1024 / 1024;

await startSession({ goal: 'outage' }, async (session) => {
  session.event('log', { data: { n: 0, text } });
  const before = residentMb();
  const began = performance.now();
  for (let n = 1; n < perSecond * seconds; n += 1) {
    await pause(Math.max(0, began + (n / perSecond) * 1000 - performance.now()));
    session.event('log', { data: { n, text } });
  }
  console.log(session.sessionId, residentMb() - before);
  await once(process.stdin, 'data');
});
console.log(await flush(120));
process.exit(0);
