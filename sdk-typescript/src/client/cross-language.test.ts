import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test, vi } from 'vitest';
import { startPeer, type LoopbackPeer } from '../testing/loopback-peer.ts';
import { startAgent, startProgram, type AgentOptions } from '../testing/run-agent.ts';
import { segmentsUnder, tempFolder } from '../testing/temp-folder.ts';

vi.setConfig({ testTimeout: 90_000 });

const pythonSource = fileURLToPath(new URL('../../../sdk-python/src', import.meta.url));

const killedPython = `
import os, signal, niitaka
with niitaka.start_session(goal="from python") as session:
    for number in range(5):
        session.event("log", data={"message": str(number)})
    os.kill(os.getpid(), signal.SIGKILL)
`;

const drainingPython = `
import niitaka
with niitaka.start_session(goal="drain"):
    pass
print(niitaka.flush(20))
`;

function python(program: string, { url, state }: AgentOptions) {
  const env = { PYTHONPATH: pythonSource, PYTHONDONTWRITEBYTECODE: '1' };
  return startProgram('python3', ['-c', program], { url, state, env }).ended;
}

async function closedPort(): Promise<string> {
  const peer = await startPeer();
  await peer.close();
  return peer.url;
}

function eventsByGoal(peer: LoopbackPeer, goal: string): unknown[] {
  const start = peer.taken.find((record) => record['goal'] === goal);
  const ofSession = (record: (typeof peer.taken)[number]) =>
    record['session_id'] === start?.['session_id'];
  return peer.taken
    .filter((record) => record.kind === 'event' && ofSession(record))
    .map(({ seq }) => seq);
}

const hasPython = spawnSync('python3', ['--version']).status === 0;

describe.runIf(hasPython)('the spool of both languages', () => {
  test('what Python leaves, Node brings home', async () => {
    const [url, state] = [await closedPort(), tempFolder()];
    expect((await python(killedPython, { url, state })).signal).toBe('SIGKILL');
    expect(segmentsUnder(state).length).toBe(1);
    const peer = await startPeer(() => null, Number(new URL(url).port));
    expect((await startAgent(['drain'], { url, state }).ended).stdout).toBe('flushed true\n');
    expect(eventsByGoal(peer, 'from python')).toEqual([1, 2, 3, 4, 5]);
    expect(peer.taken.find(({ kind }) => kind === 'sender.close')).toMatchObject({ last_seq: 5 });
    expect(segmentsUnder(state)).toEqual([]);
  });

  test('what Node leaves, Python brings home', async () => {
    const [url, state] = [await closedPort(), tempFolder()];
    const agent = startAgent(['wait', '7'], { url, state });
    await vi.waitFor(() => expect(agent.output()).toContain('emitted 7'), 40_000);
    agent.child.kill('SIGKILL');
    await agent.ended;
    const peer = await startPeer(() => null, Number(new URL(url).port));
    expect((await python(drainingPython, { url, state })).stdout).toBe('True\n');
    expect(eventsByGoal(peer, 'wait')).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(peer.taken.find(({ kind }) => kind === 'sender.close')).toMatchObject({ last_seq: 7 });
    expect(segmentsUnder(state)).toEqual([]);
  });
});
