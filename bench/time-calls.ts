import { setImmediate as turn } from 'node:timers/promises';
import OpenAI from 'openai';
import { getRuntimeConfig, observe, shutdown, startSession } from '../sdk-typescript/src/index.ts';
import { median } from './figure.ts';

/**
 * Prints, as a JSON list, how many microseconds longer an observed call takes than a bare one, for each round. The
 * provider is in the process and answers the text that comes by stdin at once.
 * Usage: node time-calls.ts AGENT CALLS ROUNDS
 */
const [agentId = '', calls = '', rounds = ''] = process.argv.slice(2);
let answer = '';
for await (const chunk of process.stdin.setEncoding('utf8')) answer += String(chunk);

const headers = { 'content-type': 'application/json' };
const provider = { apiKey: 'sk', fetch: async () => new Response(answer, { headers }) };
const bare = new OpenAI(provider);
const observed = observe(new OpenAI(provider));

const extra = await startSession({ goal: 'time calls', agentId }, async () => {
  // With it the policies are there.
  await getRuntimeConfig({ agentId });
  await timeRound();
  const took: number[] = [];
  for (let round = 0; round < Number(rounds); round += 1) took.push(await timeRound());
  return took;
});
await shutdown(5_000);
console.log(JSON.stringify(extra));

async function timeRound(): Promise<number> {
  const took = { bare: [] as number[], observed: [] as number[] };
  for (let call = 0; call < Number(calls); call += 1) {
    took.bare.push(await timeCall(bare));
    took.observed.push(await timeCall(observed));
    await turn();
  }
  return median(took.observed) - median(took.bare);
}

async function timeCall(client: OpenAI): Promise<number> {
  const before = performance.now();
  await client.chat.completions.create({
    model: 'gpt-5',
    messages: [{ role: 'user', content: 'Say hello to me' }],
  });
  return (performance.now() - before) * 1000;
}
