import { readPolicy } from '@niitaka/core/policy/parse-policy.ts';
import { isFields } from '@niitaka/core/policy/trouble.ts';
import { PolicyFile } from '@niitaka/protocol/policy.ts';
import type { z } from 'zod';
import type { PolicyContent } from '../../storage/policy-rows.ts';
import { contentOf } from '../map-policy.ts';
import { parseYaml, type FileProblem, type YamlData } from './parse-yaml.ts';

/** One policy of a file. */
export interface FilePolicy {
  readonly id: string | null;
  readonly content: PolicyContent;
  /** Where it begins. */
  readonly line: number;
}

/** The policies of a file in their order, or everything that is wrong with it. */
export type ReadPolicyFile =
  | { readonly ok: true; readonly policies: readonly FilePolicy[] }
  | { readonly ok: false; readonly problems: readonly FileProblem[] };

/** Problems that are told of one file. */
const shownProblems = 20;

/** Ids that guardrails of agent versions have. */
const reservedIds = 'version:';

/** Reads a policy file: the same fields by the same rules as the API takes, told by line and column (P8). */
export function readPolicyFile(text: string): ReadPolicyFile {
  const parsed = parseYaml(text);
  if (!parsed.ok) return { ok: false, problems: [parsed.problem] };
  const { yaml } = parsed;
  const read = PolicyFile.safeParse(yaml.value);
  const problems = read.success
    ? placeProblems(read.data, yaml)
    : read.error.issues.flatMap((issue) => issueProblems(issue, yaml));
  if (problems.length > 0) return { ok: false, problems: problems.slice(0, shownProblems) };
  const { policies, agents } = read.data as PolicyFile;
  const [only] = agents ?? [];
  return {
    ok: true,
    policies: policies.map(({ id, ...body }, index) => ({
      id: id ?? null,
      content: contentOf({ ...body, agent_id: body.agent_id ?? only ?? null }),
      line: yaml.placeOf(['policies', index]).line,
    })),
  };
}

/** What the shape does not say: who a policy is for, and whose its id is. */
function placeProblems({ policies, agents }: PolicyFile, yaml: YamlData): FileProblem[] {
  return policies.flatMap(({ id, agent_id: agentId }, index) => {
    const at = (name: string, message: string) =>
      problemAt(yaml, ['policies', index, name], message);
    const problems: FileProblem[] = [];
    if (id?.startsWith(reservedIds) === true) {
      problems.push(at('id', `found "${reservedIds}", wanted an id that no agent version has`));
    }
    if (agents === undefined) return problems;
    const isNamed = agentId !== undefined && agentId !== null;
    if (isNamed && !agents.includes(agentId)) {
      const wanted = `wanted one of the file's agents`;
      problems.push(at('agent_id', `found ${JSON.stringify(agentId)}, ${wanted}`));
    } else if (!isNamed && agents.length > 1) {
      const wanted = 'wanted one of them: a policy kept here is for one agent or for all';
      problems.push(
        at('agent_id', `found no agent_id in a file for ${agents.length} agents, ${wanted}`),
      );
    }
    return problems;
  });
}

function issueProblems(issue: z.core.$ZodIssue, yaml: YamlData): FileProblem[] {
  const { path } = issue;
  if (issue.code !== 'unrecognized_keys') {
    return [problemAt(yaml, path, ownWords(path, yaml.value) ?? issue.message)];
  }
  return issue.keys.map((key) => {
    const place = [...path, key];
    const plain = `found the unknown key ${JSON.stringify(key)}, wanted ${wantedKeys(path)}`;
    return problemAt(yaml, place, ownWords(place, yaml.value) ?? plain, 'name');
  });
}

function wantedKeys(path: readonly PropertyKey[]): string {
  if (path.length === 0) return 'version, agents or policies';
  if (path.length > 2) return 'none but those of its type';
  return 'id, name, type, agent_id, environment, priority, scope, mode, condition or action';
}

/** The rule itself says what it found and wanted, where the trouble is one of a policy. */
function ownWords(path: readonly PropertyKey[], value: unknown): string | null {
  const [, index, ...rest] = path;
  const list = isFields(value) ? value['policies'] : null;
  const policy: unknown = Array.isArray(list) ? list[Number(index)] : undefined;
  if (rest.length === 0 || !isFields(policy)) return null;
  const read = readPolicy({ ...policy, id: policy['id'] ?? 'unnamed' });
  return read.type === 'broken' && read.at === rest.join('.') ? read.reason : null;
}

function problemAt(
  yaml: YamlData,
  path: readonly PropertyKey[],
  message: string,
  part: 'value' | 'name' = 'value',
): FileProblem {
  return { path: path.map(String).join('.'), message, ...yaml.placeOf(path, part) };
}
