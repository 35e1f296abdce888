import { describe, expect, test } from 'vitest';
import type { PolicyContent } from '../../storage/policy-rows.ts';
import { readPolicyFile } from './read-policy-file.ts';
import { policyFileText } from './write-policy-file.ts';

const guard = `version: 1
policies:
  - id: guard
    name: Loop guard # what people call it
    type: step_limit
    condition: { steps_exceeded: 40 }
    action: { type: abort }
`;

/** The first problem as `LINE:COLUMN path: message`. */
function problemOf(text: string): string {
  const read = readPolicyFile(text);
  if (read.ok) return 'none';
  const [first] = read.problems;
  return `${first?.line}:${first?.column} ${first?.path}: ${first?.message}`;
}

describe('readPolicyFile() (P8)', () => {
  test('reads what the API takes, with its defaults and the line of each policy', () => {
    expect(readPolicyFile(guard)).toEqual({
      ok: true,
      policies: [
        {
          id: 'guard',
          line: 3,
          content: {
            name: 'Loop guard',
            type: 'step_limit',
            agentId: null,
            environment: null,
            priority: 0,
            scope: 'session',
            mode: 'enforce',
            condition: { steps_exceeded: 40 },
            action: { type: 'abort' },
          },
        },
      ],
    });
  });

  test('a file for one agent gives its policies that agent', () => {
    const read = readPolicyFile(`agents: [router]\n${guard}`);
    expect(read.ok && read.policies[0]?.content.agentId).toBe('router');
  });

  test.each([
    ['', '1:1 : found nothing, wanted a map with policies'],
    [
      'policies: [',
      '1:12 : Flow sequence in block collection must be sufficiently indented and end with a ]',
    ],
    [
      guard.replace('steps_exceeded: 40', 'steps_exceeded: -1'),
      '6:34 policies.0.condition.steps_exceeded: must be a whole number >= 0: got -1',
    ],
    [
      guard.replace('steps_exceeded: 40', 'hours: 40'),
      '6:16 policies.0.condition.steps_exceeded: must be a whole number >= 0: got nothing',
    ],
    [
      guard.replace('step_limit', 'speed_limit'),
      '5:11 policies.0.type: must be one of "cost_limit", "step_limit", "retry", "fallback": got "speed_limit"',
    ],
    [
      guard.replace('name:', 'priorty:'),
      '4:5 policies.0.priorty: found the unknown key "priorty", wanted id, name, type, agent_id, environment, priority, scope, mode, condition or action',
    ],
    [
      guard.replace('policies:', 'policy: 1\npolicies:'),
      '2:1 policy: found the unknown key "policy", wanted version, agents or policies',
    ],
    [guard.replace('version: 1', 'version: 2'), '1:10 version: Invalid input: expected 1'],
    [
      guard.replace('id: guard', 'id: version:a:1:retry'),
      '3:9 policies.0.id: found "version:", wanted an id that no agent version has',
    ],
    [
      guard.replace('id: guard', 'id: "a\\u0000b"'),
      '3:9 policies.0.id: must hold no control characters',
    ],
    [
      guard.replace('id: guard', 'id: "a\\ud800b"'),
      '3:9 policies.0.id: must hold no halves of characters',
    ],
    [
      `agents: [..]\n${guard}`,
      '1:10 agents.0: must not be "." or ".." nor hold control characters',
    ],
    [
      `agents: [a, b]\n${guard}`,
      '4:5 policies.0.agent_id: found no agent_id in a file for 2 agents, wanted one of them: a policy kept here is for one agent or for all',
    ],
    [
      `agents: [a]\n${guard}    agent_id: b\n`,
      `9:15 policies.0.agent_id: found "b", wanted one of the file's agents`,
    ],
    [guard + guard.slice(guard.indexOf('  - id')), '3:3 policies: every id must stand once'],
    [guard.replace('name:', 'type:'), '5:5 : Map keys must be unique'],
    [
      guard.replace('Loop guard', '&x Loop'),
      '4:11 : found an anchor, wanted each value written out',
    ],
    [guard.replace('Loop guard', '*x'), '4:11 : found an alias, wanted each value written out'],
    [guard.replace('Loop guard', '!!str 1'), '4:11 : found a tag, wanted plain values'],
    [`%YAML 1.1\n---\n${guard}`, '1:1 : found a directive, wanted the document alone'],
    [`${guard}---\n${guard}`, '8:1 : found a second document, wanted one'],
    [`policies:\n\t- id: a`, '2:1 : Tabs are not allowed as indentation'],
    ['['.repeat(40), '1:33 : found over 32 levels, wanted fewer'],
    ['policies: 7', '1:11 policies: Invalid input: expected array, received number'],
  ])('says where it stops and why: %j', (text, problem) => {
    expect(problemOf(text)).toBe(problem);
  });

  test('tells everything that is wrong, at most 20 of it', () => {
    const policy = '  - { type: retry, action: { max_retries: 0 } }\n';
    const read = readPolicyFile(`policies:\n${policy.repeat(30)}`);
    expect(read.ok ? [] : read.problems.map(({ line }) => line)).toEqual(
      Array.from({ length: 20 }, (_, index) => index + 2),
    );
  });
});

describe('policyFileText() (P8)', () => {
  test('is read as what it was made of, whatever names and amounts look like', () => {
    const contents: PolicyContent[] = [
      'yes',
      '1e3',
      '0x1F',
      '~',
      '- a: b',
      'two\nlines',
      '🗻 #x',
    ].map((name, index) => ({
      name,
      type: 'cost_limit',
      agentId: index % 2 === 0 ? null : name.slice(0, 3),
      environment: index % 3 === 0 ? null : 'true',
      priority: -index,
      scope: 'tree',
      mode: 'shadow',
      condition: { cost_exceeded: index % 2 === 0 ? '0.10' : 0.3 },
      action: { type: 'warn' },
    }));
    contents.push({
      name: 'again',
      type: 'retry',
      agentId: null,
      environment: null,
      priority: 0,
      scope: 'session',
      mode: 'off',
      condition: { on_errors: ['timeout', 'rate_limit'] },
      action: { max_retries: 3, max_seconds: null },
    });
    const row = { orgId: 'o', revision: 3, createdAtMs: 1 };
    const rows = contents.map((content, index) => ({ ...row, id: `0${index}`, content }));
    const read = readPolicyFile(policyFileText(rows));
    expect(read.ok && read.policies.map(({ id, content }) => ({ id, content }))).toEqual(
      rows.map(({ id, content }) => ({ id, content })),
    );
  });
});
