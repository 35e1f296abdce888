import { failure, success, type Result } from '@niitaka/core/result.ts';
import type { Command, CommandContext } from './command.ts';

/** What makes a request the same one again; hashes are SHA-256 in hex. */
export interface Once {
  readonly orgId: string;
  readonly keyHash: string;
  readonly bodyHash: string;
  /** Text kept beside the first answer and given back with it. */
  readonly sealed: string;
}

export interface RunOnce<Args> {
  /** Null when the caller gave no idempotency key. */
  readonly once: Once | null;
  readonly args: Args;
}

export interface RanOnce<Value> {
  readonly value: Value;
  /** What was sealed with the first answer; null when this is the first. */
  readonly sealedBefore: string | null;
}

const keptMs = 86_400_000;

/**
 * Runs a command under an idempotency key: within 24 h the same request is answered with the first result, and
 * another request under the same key is a conflict. A refused command leaves no trace and may be tried again.
 */
export function runOnce<Args, Value>(
  command: Command<Args, Value>,
): Command<RunOnce<Args>, RanOnce<Value>> {
  return async (context, { once, args }) => {
    const before = once === null ? null : await answerBefore<Value>(context, once);
    if (before !== null) return before;
    const result = await command(context, args);
    if (!result.ok) return result;
    const value = result.value;
    if (once !== null) {
      const { orgId, keyHash, bodyHash, sealed } = once;
      const answer = JSON.stringify({ value, sealed });
      await context.tx.insertOnce({
        orgId,
        keyHash,
        bodyHash,
        answer,
        createdAtMs: context.nowMs,
      });
    }
    return success({ value, sealedBefore: null });
  };
}

async function answerBefore<Value>(
  { tx, nowMs }: CommandContext,
  once: Once,
): Promise<Result<RanOnce<Value>> | null> {
  await tx.deleteOnceBefore(nowMs - keptMs);
  const found = await tx.findOnce(once.orgId, once.keyHash);
  if (found === null || found.createdAtMs < nowMs - keptMs) return null;
  if (found.bodyHash !== once.bodyHash) {
    return failure('conflict', 'Cannot use this Idempotency-Key: another request came under it');
  }
  const answer: { value: Value; sealed: string } = JSON.parse(found.answer);
  return success({ value: answer.value, sealedBefore: answer.sealed });
}
