import { setImmediate as turn } from 'node:timers/promises';
import { configure, shutdown, startSession } from '../index.ts';

const eventsPerTurn = 200;

/**
 * Microseconds that each of `count` events costs on the caller's thread, spool included. Nobody listens at the
 * address, so that the sender takes the way that costs most: everything stays on disk.
 */
export async function timeEvents(count: number): Promise<number[]> {
  configure({ apiKey: 'nk_timed', apiUrl: 'http://127.0.0.1:1' });
  const took: number[] = [];
  await startSession({ goal: 'time events' }, async (session) => {
    for (let at = 0; at < count; at += 1) {
      const data = {
        provider: 'openai',
        model: 'gpt-4o',
        input_tokens: 1200,
        output_tokens: 340,
        at,
      };
      const before = performance.now();
      session.event('llm', { name: 'gpt-4o', data });
      took.push((performance.now() - before) * 1000);
      if (at % eventsPerTurn === 0) await turn();
    }
  });
  await shutdown(0);
  return took;
}
