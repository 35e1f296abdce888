import {
  AgentExecutionStoppedError,
  startSession,
  tool,
  type Session,
} from '../sdk-typescript/src/index.ts';
import type { Pace } from './pace.ts';
import {
  failureData,
  modelCallData,
  sampleTag,
  type Failure,
  type Json,
  type ModelCall,
  type Run,
  type Step,
  type ToolCall,
} from './plan.ts';

/**
 * Plays a run through the SDK as an agent would live it; ends early, and properly, when the pace is stopped or an
 * operator or a policy stops the run.
 */
export async function playRun(run: Run, pace: Pace): Promise<void> {
  try {
    await play(run, pace);
  } catch (error) {
    if (!(error instanceof AgentExecutionStoppedError)) throw error;
  }
}

async function play(run: Run, pace: Pace): Promise<void> {
  const { agentId, goal, agentVersion, userId, conversationId } = run;
  const tags = { ...run.tags, ...sampleTag };
  const about = { ...(userId && { userId }), ...(conversationId && { conversationId }) };
  await startSession({ agentId, goal, agentVersion, ...about, tags }, async (session) => {
    for (const step of run.steps) {
      if (pace.stopped) return;
      await playStep(session, step, pace);
    }
    if (run.metrics !== null) session.setMetrics(spelledForSdk(run.metrics));
  });
}

async function playStep(session: Session, step: Step, pace: Pace): Promise<void> {
  switch (step.does) {
    case 'use':
      return playTool(step, pace);
    case 'call':
    case 'fail':
      return playCall(session, step, pace);
    case 'decide':
      session.decision(step.choice, { options: step.options, reason: step.reason });
      return;
    case 'log':
      session.event('log', { data: { message: step.message } });
      return;
    case 'wait':
      return pace.wait(step.seconds);
    case 'delegate':
      await Promise.all(step.runs.map((run) => playRun(run, pace)));
  }
}

/** A wrapped tool is seen while it runs: the page says what the agent waits for. */
async function playTool(step: ToolCall, pace: Pace): Promise<void> {
  const use = tool(step.tool, async (_input: Json) => {
    await pace.wait(step.seconds);
    return step.output;
  });
  await use(step.input);
}

async function playCall(session: Session, step: ModelCall | Failure, pace: Pace): Promise<void> {
  const startedAt = new Date();
  await pace.wait(step.seconds);
  const times = { startedAt, endedAt: new Date() };
  if (step.does === 'call') {
    session.event('llm', { name: step.model, data: modelCallData(step), ...times });
  } else {
    session.event('error', {
      name: step.tool ?? step.model ?? 'call',
      data: failureData(step),
      ...times,
    });
  }
}

/** The SDK writes the reserved key in camelCase. */
function spelledForSdk(metrics: NonNullable<Run['metrics']>): Record<string, number | boolean> {
  const entries = Object.entries(metrics);
  return Object.fromEntries(
    entries.map(([key, value]) => [key === 'goal_completed' ? 'goalCompleted' : key, value]),
  );
}
