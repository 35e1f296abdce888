import { startSession, type Session } from '../sdk-typescript/src/index.ts';
import type { Pace } from './pace.ts';
import { failureData, modelCallData, sampleTag, type Run, type Step } from './plan.ts';

/** Plays a run through the SDK as an agent would live it; ends early, and properly, when the pace is stopped. */
export async function playRun(run: Run, pace: Pace): Promise<void> {
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
    case 'call':
    case 'use':
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

async function playCall(
  session: Session,
  step: Extract<Step, { does: 'call' | 'use' | 'fail' }>,
  pace: Pace,
): Promise<void> {
  const startedAt = new Date();
  await pace.wait(step.seconds);
  const times = { startedAt, endedAt: new Date() };
  if (step.does === 'call') {
    session.event('llm', { name: step.model, data: modelCallData(step), ...times });
  } else if (step.does === 'use') {
    session.event('tool', {
      name: step.tool,
      data: { input: step.input, output: step.output },
      ...times,
    });
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
