import type { PolicyHead, PolicyMode, PolicyScope } from './policy.ts';
import { policyLimits } from './policy-limits.ts';
import { readTime } from './read-time.ts';
import { isFields, isName, isWhole, trouble, type Trouble } from './trouble.ts';

const scopes: ReadonlySet<unknown> = new Set(['session', 'tree', 'day']);
const modes: ReadonlySet<unknown> = new Set(['enforce', 'shadow', 'off']);

/**
 * The common fields of a policy, with the first that is wrong. What is wrong has its default in the head, so that
 * a broken policy still stands among the others.
 */
export function readHead(value: unknown): {
  readonly head: PolicyHead;
  readonly trouble: Trouble | null;
} {
  const fields = isFields(value) ? value : {};
  const given = (key: string) => fields[key] ?? null;
  const [id, name, revision] = [given('id'), given('name'), given('revision')];
  const [agentId, environment, priority] = [
    given('agent_id'),
    given('environment'),
    given('priority'),
  ];
  const [scope, mode, createdAt] = [given('scope'), given('mode'), given('created_at')];
  const createdAtMs = createdAt === null ? 0 : readTime(createdAt);
  const isPriority = isWhole(priority, -policyLimits.priority, policyLimits.priority);
  const isRevision = isWhole(revision, 0, Number.MAX_SAFE_INTEGER);
  const head: PolicyHead = {
    id: isName(id) ? id : '(no id)',
    name: isName(name) ? name : isName(id) ? id : '(no id)',
    revision: isRevision ? revision : 1,
    agentId: isName(agentId) ? agentId : null,
    environment: isName(environment) ? environment : null,
    priority: isPriority ? priority : 0,
    scope: scopes.has(scope) ? (scope as PolicyScope) : 'session',
    mode: modes.has(mode) ? (mode as PolicyMode) : 'enforce',
    createdAtMs: createdAtMs ?? 0,
  };
  const checks: readonly (readonly [boolean, string, string, unknown])[] = [
    [isFields(value), '', 'an object', value],
    [isName(id), 'id', 'text of 1 to 200 characters', fields['id']],
    [name === null || isName(name), 'name', 'text of 1 to 200 characters', name],
    [revision === null || isRevision, 'revision', 'a whole number >= 0', revision],
    [agentId === null || isName(agentId), 'agent_id', "an agent's id or null", agentId],
    [environment === null || isName(environment), 'environment', 'a name or null', environment],
    [priority === null || isPriority, 'priority', 'a whole number within ±1000000', priority],
    [scope === null || scopes.has(scope), 'scope', '"session", "tree" or "day"', scope],
    [mode === null || modes.has(mode), 'mode', '"enforce", "shadow" or "off"', mode],
    [createdAtMs !== null, 'created_at', 'a time', createdAt],
  ];
  const wrong = checks.find(([isRight]) => !isRight);
  return { head, trouble: wrong === undefined ? null : trouble(wrong[1], wrong[2], wrong[3]) };
}
