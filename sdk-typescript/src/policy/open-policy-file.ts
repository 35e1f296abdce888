import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { readPolicy } from '@niitaka/core/policy/parse-policy.ts';
import type { Policy } from '@niitaka/core/policy/policy.ts';
import type { ConfigureOptions } from '../client/configure-options.ts';
import { checkText } from '../session/check-arguments.ts';
import type { PolicyFile } from './policy-file.ts';
import { readYaml, YamlFault, type YamlNode } from './yaml-reader.ts';

/** Bytes of one file, and its policies. */
const byteLimit = 256 * 1024;
const policyLimit = 1_000;

/** Reads the policy file that `configure` is given; null where it is given none. */
export function openGivenFile(options: ConfigureOptions | null): PolicyFile | null {
  const path = options?.policyFile;
  checkText(path, 'policyFile');
  return path ? openPolicyFile(path) : null;
}

/** Reads the policy file at a path; a `TypeError` says why it cannot be read. */
export function openPolicyFile(path: string): PolicyFile {
  try {
    checkLength(path, statSync(path).size);
    return readPolicyFile(path, readFileSync(path));
  } catch (error) {
    if (error instanceof TypeError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new TypeError(`policyFile must be a file that can be read: ${reason}`, { cause: error });
  }
}

/**
 * Reads the bytes of a policy file. What is wrong throws a `TypeError` that begins `PATH:LINE:COLUMN:`, both counted
 * from 1 in characters, and says what was found and what was wanted.
 */
export function readPolicyFile(path: string, bytes: Uint8Array): PolicyFile {
  const text = textOf(path, bytes);
  try {
    const hash = createHash('sha256').update(bytes).digest('hex');
    return { hash, ...readFile(readYaml(text)) };
  } catch (error) {
    if (!(error instanceof YamlFault)) throw error;
    const before = text.slice(0, error.at).split('\n');
    const column = [...(before.at(-1) ?? '')].length + 1;
    const place = `${path}:${before.length}:${column}`;
    throw new TypeError(`${place}: ${error.message}`, { cause: error });
  }
}

function checkLength(path: string, length: number): void {
  if (length <= byteLimit) return;
  throw new TypeError(`${path}:1:1: found ${length} bytes, wanted at most ${byteLimit}`);
}

function textOf(path: string, bytes: Uint8Array): string {
  checkLength(path, bytes.length);
  try {
    // The decoder takes the byte order mark away.
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes).replace(/\r\n?/g, '\n');
  } catch {
    throw new TypeError(`${path}:1:1: found bytes that are no UTF-8, wanted text in UTF-8`);
  }
}

const fileKeys = ['version', 'agents', 'policies'];
const policyKeys = 'id name type agent_id environment priority scope mode condition action'.split(
  ' ',
);

/** The keys of `condition` and `action` by type. */
const contentKeys: Readonly<Record<Policy['type'], readonly (readonly string[])[]>> = {
  cost_limit: [['cost_exceeded'], ['type']],
  step_limit: [['steps_exceeded'], ['type']],
  retry: [['on_errors'], ['max_retries', 'backoff', 'base_seconds', 'max_seconds']],
  fallback: [['on_errors'], ['fallback_model']],
};

function readFile(node: YamlNode): Omit<PolicyFile, 'hash'> {
  if (node.kind !== 'map') throw wrong(node, 'a map with the key "policies"');
  checkKeys(node, fileKeys);
  const version = child(node, 'version');
  if (version !== null && plainOf(version) !== 1) throw wrong(version, '1');
  const listed = readAgents(child(node, 'agents'));
  const list = child(node, 'policies');
  if (list === null) throw wrong(node, 'the key "policies"');
  const policies = readPolicies(list);
  const isForAll = listed === null && policies.some(({ agentId }) => agentId === null);
  const named = policies.flatMap(({ agentId }) => (agentId === null ? [] : [agentId]));
  const agents = isForAll ? null : new Set([...(listed ?? []), ...named]);
  return { agents, listed, policies };
}

function readAgents(node: YamlNode | null): ReadonlySet<string> | null {
  if (node === null || plainOf(node) === null) return null;
  if (node.kind !== 'list' || node.items.length === 0) throw wrong(node, 'a list of agents');
  const names = node.items.map((item) => {
    const name = plainOf(item);
    if (typeof name === 'string' && name !== '') return name;
    throw wrong(item, "an agent's id");
  });
  return new Set(names);
}

function readPolicies(list: YamlNode): readonly Policy[] {
  if (list.kind !== 'list') throw wrong(list, 'a list of policies');
  const beyond = list.items[policyLimit];
  if (beyond !== undefined) {
    const found = `found ${list.items.length} policies`;
    throw new YamlFault(beyond.at, `${found}, wanted at most ${policyLimit}`);
  }
  const ids = new Set<string>();
  return list.items.map((node, index) => {
    const policy = readOne(node, index + 1);
    if (ids.has(policy.id)) {
      const at = (child(node, 'id') ?? node).at;
      throw new YamlFault(at, `found the id "${policy.id}" a second time, wanted each id once`);
    }
    ids.add(policy.id);
    return policy;
  });
}

/** One policy; of those of equal rank the one that stands first is the older. */
function readOne(node: YamlNode, place: number): Policy {
  if (node.kind !== 'map') throw wrong(node, 'a policy');
  checkKeys(node, policyKeys);
  const fields = plainOf(node) as Readonly<Record<string, unknown>>;
  const { id, name } = fields;
  if ((id ?? name ?? null) === null) throw wrong(node, '"id" or "name"');
  const given = { ...fields, id: id ?? `file:${String(name)}`, revision: 1, created_at: place };
  const policy = readPolicy(given);
  const type = fields['type'] as Policy['type'];
  if (Object.hasOwn(contentKeys, String(type))) {
    for (const [index, part] of ['condition', 'action'].entries()) {
      const content = child(node, part);
      if (content !== null) checkKeys(content, contentKeys[type][index] ?? []);
    }
  }
  if (policy.type !== 'broken') return policy;
  const { at } = nearest(node, policy.at.split('.'));
  throw new YamlFault(at, `${policy.at} ${policy.reason}, policy "${policy.id}"`);
}

function checkKeys(node: YamlNode, known: readonly string[]): void {
  if (node.kind !== 'map') return;
  for (const [key, { keyAt }] of node.entries) {
    if (known.includes(key)) continue;
    throw new YamlFault(keyAt, `found the key "${key}", wanted one of ${known.join(', ')}`);
  }
}

/** The value at a path, or the last one on the way to it that is there. */
function nearest(node: YamlNode, path: readonly string[]): YamlNode {
  const [key, ...rest] = path;
  const next = key === undefined ? null : child(node, key);
  return next === null ? node : nearest(next, rest);
}

function child(node: YamlNode, key: string): YamlNode | null {
  return (node.kind === 'map' ? node.entries.get(key)?.node : null) ?? null;
}

/** The value as JSON would give it. */
function plainOf(node: YamlNode): unknown {
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'list') return node.items.map(plainOf);
  return Object.fromEntries([...node.entries].map(([key, { node }]) => [key, plainOf(node)]));
}

function wrong(node: YamlNode, wanted: string): YamlFault {
  const found =
    node.kind === 'scalar' ? (JSON.stringify(node.value) ?? 'nothing') : `a ${node.kind}`;
  return new YamlFault(node.at, `found ${found}, wanted ${wanted}`);
}
