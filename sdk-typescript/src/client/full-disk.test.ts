import { describe, expect, test, vi } from 'vitest';
import { startPeer } from '../testing/loopback-peer.ts';
import { agentCommand, startProgram, type AgentOptions } from '../testing/run-agent.ts';
import { segmentsUnder, tempFolder } from '../testing/temp-folder.ts';

vi.setConfig({ testTimeout: 90_000 });

const [node, program] = agentCommand;

/** Runs an agent whose files may not grow over `blocks` of 512 bytes: every write after that fails. */
function runLimited(args: readonly string[], blocks: number, options: AgentOptions) {
  const script = `ulimit -f ${blocks}; exec "$0" "$@"`;
  return startProgram('sh', ['-c', script, node, program, ...args], options).ended;
}

describe.runIf(process.platform === 'linux')('a disk that takes no more', () => {
  test.each([1, 2, 3, 7, 20])(
    'after %s blocks loses no event, and says so once',
    async (blocks) => {
      const [peer, state] = [await startPeer(), tempFolder()];
      const end = await runLimited(['finish', '300'], blocks, { url: peer.url, state });
      expect(end.code).toBe(0);
      const events = peer.taken.filter(({ kind }) => kind === 'event');
      expect(events.map(({ seq }) => seq)).toEqual(Array.from({ length: 300 }, (_, at) => at + 1));
      expect(peer.taken.at(-1)).toMatchObject({ kind: 'session.end', last_seq: 300 });
      expect(end.stderr.match(/Cannot write the spool: E\w+/g)?.length).toBe(1);
      expect(segmentsUnder(state)).toEqual([]);
    },
  );

  test('leaves whole records alone to the next process', async () => {
    const state = tempFolder();
    const down = await startPeer(() => ({ status: 503 }));
    // It gives up on a server that only refuses.
    const env = { AGENT_EXIT_SECONDS: '2' };
    const end = await runLimited(['finish', '300'], 7, { url: down.url, state, env });
    expect(end.code).toBe(0);
    await down.close();
    const peer = await startPeer(() => null, Number(new URL(down.url).port));
    const args = [program, 'drain'];
    const next = await startProgram(node, args, { url: peer.url, state }).ended;
    expect(next.stdout).toBe('flushed true\n');
    const seqs = peer.taken.filter(({ kind }) => kind === 'event').map(({ seq }) => Number(seq));
    expect(seqs).toEqual(seqs.map((_, at) => at + 1));
    expect(seqs.length).toBeGreaterThan(3);
  });
});
