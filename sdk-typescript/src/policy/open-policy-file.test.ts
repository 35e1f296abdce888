import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readPolicy } from '@niitaka/core/policy/parse-policy.ts';
import { describe, expect, test } from 'vitest';
import golden from '../../../vectors/policy-files.json' with { type: 'json' };
import { tempFolder } from '../testing/temp-folder.ts';
import { openPolicyFile, readPolicyFile } from './open-policy-file.ts';
import { policiesOf } from './policy-file.ts';

interface Golden {
  readonly name: string;
  readonly text: string;
  readonly agents?: readonly string[] | null;
  readonly policies?: readonly unknown[];
  readonly holds?: readonly {
    readonly agent_id: string | null;
    readonly policies: readonly string[] | null;
  }[];
  readonly error?: { readonly line: number; readonly column: number; readonly message: string };
}

const cases = golden.cases as readonly Golden[];
const readable = cases.filter(({ error }) => error === undefined);
const refused = cases.filter(({ error }) => error !== undefined);

function messageOf(text: string): string {
  try {
    readPolicyFile('agents.yaml', Buffer.from(text));
    return 'nothing was thrown';
  } catch (error) {
    return error instanceof TypeError ? error.message : 'no TypeError';
  }
}

describe('readPolicyFile()', () => {
  test.each(readable.map((one) => [one.name, one] as const))(
    'reads: %s (P8)',
    (_name, { text, agents, policies = [], holds = [] }) => {
      const file = readPolicyFile('agents.yaml', Buffer.from(text));
      expect(file.agents === null ? null : [...file.agents]).toEqual(agents);
      expect(file.policies).toEqual(policies.map(readPolicy));
      for (const { agent_id: agentId, policies: ids } of holds) {
        const found = policiesOf(file, agentId, 'production');
        const stages = found && [
          ...found.costLimits,
          ...found.stepLimits,
          ...found.retries,
          ...found.fallbacks,
        ];
        expect(stages && stages.map(({ policy }) => policy.id)).toEqual(ids);
      }
    },
  );

  test.each(refused.map((one) => [one.name, one] as const))('refuses: %s (P8)', (_name, one) => {
    const { line = 0, column = 0, message = '' } = one.error ?? {};
    const found = messageOf(one.text);
    expect(found).toContain(message);
    expect(found.startsWith(`agents.yaml:${line}:${column}: `), found).toBe(true);
  });

  test('knows the file by the SHA-256 of its bytes (P8)', () => {
    const { hash } = readPolicyFile('a.yaml', Buffer.from('policies: []\n'));
    expect(hash).toBe('d7c801e1e51d5e2754b96acda71180afb3378b0e8350ca9a714d490c9f1fb7be');
  });

  test('refuses more bytes, policies and other text than it can read (P8)', () => {
    const policy = '- {name: NAME, type: fallback, action: {fallback_model: m}}\n';
    const many = Array.from({ length: 1001 }, (_, at) => policy.replace('NAME', `n${at}`));
    expect(messageOf(`policies:\n${many.slice(0, 1000).join('')}`)).toBe('nothing was thrown');
    expect(messageOf(`policies:\n${many.join('')}`)).toBe(
      'agents.yaml:1002:3: found 1001 policies, wanted at most 1000',
    );
    expect(messageOf(`# ${'x'.repeat(256 * 1024)}`)).toBe(
      'agents.yaml:1:1: found 262146 bytes, wanted at most 262144',
    );
    expect(() => readPolicyFile('a.yaml', Buffer.from([0x61, 0xff]))).toThrow(
      'a.yaml:1:1: found bytes that are no UTF-8',
    );
  });
});

describe('openPolicyFile()', () => {
  test('says why a file cannot be read (P8)', () => {
    const path = join(tempFolder(), 'agents.yaml');
    expect(() => openPolicyFile(path)).toThrow(
      /^policyFile must be a file that can be read: ENOENT/,
    );
    writeFileSync(path, 'x'.repeat(300_000));
    expect(() => openPolicyFile(path)).toThrow(`${path}:1:1: found 300000 bytes`);
    writeFileSync(path, 'policies: []\n');
    expect(openPolicyFile(path)).toMatchObject({ policies: [] });
  });
});
