import { evaluate } from '@niitaka/core/policy/evaluate.ts';
import type { CommandContext } from '../command.ts';
import { answeredDecision, type AnsweredDecision } from './answered-decision.ts';
import { afterBatch } from './evaluate-policies.ts';
import type { Spender } from './warnings.ts';

/**
 * What stops running sessions still, and was told of before: an answer that was lost is made good by the next, also to
 * records that come again. Nothing is written, and what no record has led to yet is not told (P5).
 */
export async function standingAborts(
  { tx }: CommandContext,
  orgId: string,
  spenders: readonly Spender[],
): Promise<ReadonlyMap<string, AnsweredDecision>> {
  const stopped = spenders.flatMap(({ session, policies, totals }) => {
    if (session.status !== 'running' || session.policySource === 'file') return [];
    const decision = evaluate(policies, { ...totals, warned: new Set() }, afterBatch);
    const answered = decision.action === 'abort' ? answeredDecision(decision, totals) : null;
    return answered === null ? [] : [{ sessionId: session.id, answered }];
  });
  const lastMs = await tx.lastGuardrails(
    orgId,
    stopped.map(({ sessionId, answered }) => {
      return { subjectId: sessionId, policyId: answered.policy_id, action: 'abort' as const };
    }),
  );
  const told = stopped.filter((_, index) => (lastMs[index] ?? null) !== null);
  return new Map(told.map(({ sessionId, answered }) => [sessionId, answered]));
}
