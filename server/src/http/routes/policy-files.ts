import type { FastifyInstance, FastifyRequest } from 'fastify';
import { isFields } from '@niitaka/core/policy/trouble.ts';
import {
  ImportPolicies,
  ImportQuery,
  policyFileCharacters,
  type ImportedPolicy,
  type PolicyImport,
} from '@niitaka/protocol/policy-import.ts';
import { policyLimit } from '../../commands/create-policy.ts';
import {
  planImport,
  whyNotImport,
  type ImportedPolicy as ImportedRow,
  type PlannedPolicy,
} from '../../commands/import-policies.ts';
import type { AppParts } from '../app-parts.ts';
import { callerOf } from '../authenticate.ts';
import { onceOf } from '../idempotency.ts';
import { contentToWire } from '../map-policy.ts';
import { parseInput } from '../parse-input.ts';
import type { FilePolicy } from '../policy-file/read-policy-file.ts';
import { HttpProblem, problemOf } from '../problem.ts';

/** Bytes of an import: a file in JSON, where a character may take six. */
const importBytes = 6 * policyFileCharacters + 1_024;

const yamlTypes = ['text/yaml', 'application/yaml', 'application/x-yaml', 'text/x-yaml'];

/** `/policies/export` and `/policies/import`: all policies as one file, and a file's put in place (P8). */
export async function policyFileRoutes(app: FastifyInstance, parts: AppParts): Promise<void> {
  const { storage, run } = parts;
  app.addContentTypeParser(yamlTypes, { parseAs: 'string' }, (_request, body, done) =>
    done(null, { text: String(body) }),
  );

  app.get('/policies/export', { config: { access: 'read' } }, async (request, reply) => {
    const rows = await storage.reader.policies(callerOf(request).orgId, policyLimit);
    const { policyFileText } = await import('../policy-file/write-policy-file.ts');
    return reply
      .type('text/yaml; charset=utf-8')
      .header('content-disposition', 'attachment; filename="niitaka-policies.yaml"')
      .send(policyFileText(rows));
  });

  const options = { config: { access: 'admin' }, bodyLimit: importBytes } as const;
  app.post('/policies/import', options, async (request): Promise<PolicyImport> => {
    const { orgId, actor } = callerOf(request);
    const { text, mode, revision = null } = askedImport(request);
    const policies = await policiesOf(text);
    const entries = policies.map(({ id, content }) => ({ id, content }));
    // Read before the policies: what changes in between is a conflict later, never passed over.
    const { policies: stands } = await storage.reader.snapshotRevision(orgId);
    const standing = await storage.reader.policies(orgId, policyLimit);
    if (mode === 'preview') {
      const plan = planImport(standing, entries);
      const problem = whyNotImport(standing.length, plan);
      if (problem !== null) throw new HttpProblem('conflict', problem);
      return { mode, revision: stands, ...answerOf(plan, policies, standing.length) };
    }
    const args = { orgId, actor, entries, revision };
    const ran = await run('import-policies', { once: onceOf(request), args });
    if (!ran.ok) throw problemOf(ran.failure);
    return { mode, revision: stands, ...answerOf(ran.value.value, policies, standing.length) };
  });
}

function askedImport(request: FastifyRequest): ImportPolicies {
  const query = parseInput(ImportQuery, request.query, 'query');
  const { body } = request;
  return parseInput(ImportPolicies, isFields(body) ? { ...query, ...body } : body, 'body');
}

async function policiesOf(text: string): Promise<readonly FilePolicy[]> {
  const { readPolicyFile } = await import('../policy-file/read-policy-file.ts');
  const read = readPolicyFile(text);
  if (read.ok) return read.policies;
  const [first] = read.problems;
  const where = `${first?.line}:${first?.column}`;
  throw new HttpProblem('invalid', `The policy file is not valid at ${where}: ${first?.message}`, {
    errors: read.problems.map((problem) => ({ ...problem, code: 'invalid' })),
  });
}

function answerOf(
  planned: readonly (PlannedPolicy | ImportedRow)[],
  policies: readonly FilePolicy[],
  standing: number,
): Omit<PolicyImport, 'mode' | 'revision'> {
  const items = planned.map((one, index) => itemOf(one, policies[index]?.line ?? 1));
  const count = (action: ImportedPolicy['action']) =>
    items.filter((item) => item.action === action).length;
  const [created, updated, unchanged] = [count('create'), count('update'), count('unchanged')];
  const untouched = Math.max(0, standing - updated - unchanged);
  return { created, updated, unchanged, untouched, items };
}

function itemOf(planned: PlannedPolicy | ImportedRow, line: number): ImportedPolicy {
  const { action, id, before, content } = planned;
  const row = 'row' in planned ? planned.row : before;
  const [was, is] = [before && contentToWire(before.content), contentToWire(content)];
  return {
    line,
    action,
    id: row?.id ?? id,
    revision: row?.revision ?? null,
    changed: was === null ? [] : changedFields(was, is),
    before: was,
    after: is,
  };
}

function changedFields(was: object, is: object): string[] {
  const before = new Map(Object.entries(was));
  return Object.entries(is)
    .filter(([name, value]) => JSON.stringify(before.get(name)) !== JSON.stringify(value))
    .map(([name]) => name);
}
