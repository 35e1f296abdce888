import { failure, success, type Result } from '../result.ts';
import { readContent } from './read-content.ts';
import { readHead } from './read-head.ts';
import type { BrokenPolicy, Policy } from './policy.ts';

/**
 * A policy from the wire's plain data. Absent common fields take their defaults: every agent and environment,
 * priority 0, scope `session`, mode `enforce`, revision 1. Fails with the path of the first value that is wrong.
 */
export function parsePolicy(value: unknown): Result<Policy> {
  const policy = readPolicy(value);
  if (policy.type !== 'broken') return success(policy);
  const message = `Cannot read policy "${policy.id}": ${policy.at} ${policy.reason}`;
  return failure('invalid', message, [
    { path: policy.at, code: 'invalid', message: policy.reason },
  ]);
}

/** Like {@link parsePolicy}, but what cannot be evaluated stays: as a broken policy that says where and why (P3). */
export function readPolicy(value: unknown): Policy | BrokenPolicy {
  const { head, trouble } = readHead(value);
  if (trouble !== null) return { ...head, type: 'broken', ...trouble };
  const content = readContent(head, value as Readonly<Record<string, unknown>>);
  return 'reason' in content ? { ...head, type: 'broken', ...content } : content;
}
