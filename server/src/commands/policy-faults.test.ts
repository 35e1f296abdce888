import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { PolicyContent } from '../storage/policy-rows.ts';
import { openStore, type TestStore } from '../testing/open-store.ts';
import { noonMs, testOrgId } from '../testing/records.ts';
import { changePolicy } from './change-policy.ts';
import type { Command } from './command.ts';
import { createPolicy, policyLimit } from './create-policy.ts';
import { deletePolicy } from './delete-policy.ts';
import { importPolicies } from './import-policies.ts';

const who = { orgId: testOrgId, actor: 'person "Ada"' };
const content: PolicyContent = {
  name: 'loop guard',
  type: 'step_limit',
  agentId: null,
  environment: null,
  priority: 0,
  scope: 'session',
  mode: 'enforce',
  condition: { steps_exceeded: 40 },
  action: { type: 'abort' },
};
const changed: PolicyContent = { ...content, mode: 'shadow' };

let store: TestStore;
beforeEach(() => {
  store = openStore(noonMs);
});
afterEach(() => store.close());

async function ok<Args, Value>(command: Command<Args, Value>, args: Args): Promise<Value> {
  const result = await store.run(command, args);
  if (!result.ok) throw new Error(result.failure.message);
  return result.value;
}

/** Each command on a store where there is something for it to do. */
const cases: Readonly<Record<string, () => Promise<() => Promise<unknown>>>> = {
  'create-policy': async () => () => ok(createPolicy, { ...who, content }),
  'change-policy': async () => {
    const { id } = await ok(createPolicy, { ...who, content });
    return () => ok(changePolicy, { ...who, id, revision: 1, content: changed });
  },
  'import-policies': async () => {
    const { id } = await ok(createPolicy, { ...who, content });
    const entries = [
      { id, content: changed },
      { id: 'fresh', content },
    ];
    return () => ok(importPolicies, { ...who, entries, revision: null });
  },
  'delete-policy': async () => {
    const { id } = await ok(createPolicy, { ...who, content });
    return () => ok(deletePolicy, { ...who, id, revision: 1 });
  },
};

function stateOf(): unknown {
  const tables = ['policies', 'policy_revisions', 'audit'];
  const rows = tables.map((table) => store.db.prepare(`SELECT * FROM ${table} ORDER BY 1, 2, 3`));
  const counter = store.db.prepare(
    'SELECT policy_revision FROM organisations WHERE id IS NOT NULL',
  );
  return [...rows, counter].map((statement) => statement.all());
}

describe('policy commands', () => {
  test.each(Object.keys(cases))(
    '%s leaves nothing half written, whichever call fails',
    async (name) => {
      const run = await cases[name]?.();
      if (run === undefined) throw new Error('no such case');
      const before = stateOf();
      const whole = store.tx;
      let calls = 0;
      for (let n = 1; n === 1 || calls >= n - 1; n += 1) {
        calls = 0;
        store.tx = new Proxy(whole, {
          get(target, key, receiver) {
            const method = Reflect.get(target, key, receiver);
            if (typeof method !== 'function') return method;
            return (...args: unknown[]) => {
              calls += 1;
              if (calls === n) throw new Error('the disk is full');
              return Reflect.apply(method, target, args);
            };
          },
        });
        const done = await run().then(
          () => true,
          () => false,
        );
        if (done) break;
        expect(stateOf()).toEqual(before);
      }
      expect(calls).toBeGreaterThanOrEqual(4);
      expect(stateOf()).not.toEqual(before);
    },
  );
});

describe('createPolicy()', () => {
  test(`keeps at most ${policyLimit} of an organisation`, async () => {
    for (let n = 0; n < policyLimit; n += 1) await ok(createPolicy, { ...who, content });
    const more = await store.run(createPolicy, { ...who, content });
    expect(more).toMatchObject({
      ok: false,
      failure: {
        code: 'over_limit',
        message: 'Cannot create the policy: found 1000 policies, at most 1000',
      },
    });
  });
});

describe('changePolicy()', () => {
  test('keeps each revision with its author and time, and moves the snapshot (P1)', async () => {
    const { id } = await ok(createPolicy, { ...who, content });
    store.nowMs += 1_000;
    const args = { orgId: testOrgId, actor: 'person "Bob"', id, revision: 1, content: changed };
    expect(await ok(changePolicy, args)).toMatchObject({ revision: 2, content: changed });
    const rows = store.db
      .prepare('SELECT revision, author, at FROM policy_revisions ORDER BY revision')
      .all();
    expect(rows).toEqual([
      { revision: 1, author: 'person "Ada"', at: noonMs },
      { revision: 2, author: 'person "Bob"', at: noonMs + 1_000 },
    ]);
    const moved = store.db.prepare('SELECT max(policy_revision) AS n FROM organisations').get();
    expect(moved).toEqual({ n: 2 });
  });

  test('of another revision is a conflict and changes nothing', async () => {
    const { id } = await ok(createPolicy, { ...who, content });
    const before = stateOf();
    const late = await store.run(changePolicy, { ...who, id, revision: 3, content: changed });
    expect(late).toMatchObject({ ok: false, failure: { code: 'conflict' } });
    expect(stateOf()).toEqual(before);
  });
});
