import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const program = fileURLToPath(new URL('agent-program-fixture.ts', import.meta.url));
const node = fileURLToPath(new URL('../../../node_modules/.bin/node', import.meta.url));

/** The program that runs agents, and the file that holds them. */
export const agentCommand: readonly [node: string, program: string] = [node, program];

/** How a process ended. */
export interface AgentEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly tookMs: number;
}

/** A running agent process. */
export interface Agent {
  readonly child: ChildProcess;
  readonly ended: Promise<AgentEnd>;
  /** What it has printed so far. */
  output(): string;
}

/** Environment of an agent that reports to `url` and spools under `state`. */
export interface AgentOptions {
  readonly url: string;
  readonly state: string;
  readonly apiKey?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts one of the agent programs as a process of its own. */
export function startAgent(args: readonly string[], options: AgentOptions): Agent {
  return startProgram(node, [program, ...args], options);
}

/** Starts any program with the environment of an agent. */
export function startProgram(file: string, args: readonly string[], options: AgentOptions): Agent {
  const startedMs = performance.now();
  const child = spawn(file, args, {
    env: {
      PATH: process.env['PATH'],
      HOME: options.state,
      XDG_STATE_HOME: options.state,
      NIITAKA_URL: options.url,
      NIITAKA_API_KEY: options.apiKey ?? 'nk_test_agent_0123456789',
      ...options.env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const ended = new Promise<AgentEnd>((resolve) => {
    child.once('close', (code, signal) => {
      resolve({ code, signal, stdout, stderr, tookMs: performance.now() - startedMs });
    });
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return { child, ended, output: () => stdout };
}
