import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AccessTx } from '../access-tx.ts';
import type { PolicyContent, PolicyRow } from '../policy-rows.ts';
import type { ModelReader, ModelTx, PolicyReader, PolicyTx } from '../policy-tx.ts';
import type { SessionTx } from '../session-tx.ts';

/** An empty engine under test. */
export interface PolicyEngine {
  readonly reader: PolicyReader & ModelReader;
  /** Runs the work in one transaction and commits it. */
  write(
    work: (tx: PolicyTx & ModelTx & AccessTx & Pick<SessionTx, 'priceId'>) => Promise<void>,
  ): Promise<void>;
  close(): Promise<void>;
}

const org = '01990000-0000-7000-8000-000000000001';
const otherOrg = '01990000-0000-7000-8000-000000000002';

const content: PolicyContent = {
  name: 'loop guard – 東京',
  type: 'step_limit',
  agentId: 'alpha',
  environment: null,
  priority: -5,
  scope: 'tree',
  mode: 'shadow',
  condition: { steps_exceeded: 40 },
  action: { type: 'abort' },
};
const policy: PolicyRow = { orgId: org, id: 'p1', revision: 1, createdAtMs: 2_000, content };
const changed: PolicyContent = { ...content, mode: 'enforce', condition: { steps_exceeded: 20 } };

/** What every engine does with policies and their revisions (P1, O1). */
export function policyContract(open: () => Promise<PolicyEngine>): void {
  let engine: PolicyEngine;
  beforeEach(async () => {
    engine = await open();
    await engine.write(async (tx) => {
      for (const id of [org, otherOrg]) {
        await tx.insertOrganisation({ id, name: 'one', createdAtMs: 1_000 });
      }
    });
  });
  afterEach(() => engine.close());

  describe('policies', () => {
    test('insertPolicy() keeps every field; policy() and policies() find it (P1)', async () => {
      await engine.write((tx) => tx.insertPolicy(policy));
      expect(await engine.reader.policy(org, 'p1')).toEqual(policy);
      expect(await engine.reader.policy(org, 'p2')).toBe(null);
      expect(await engine.reader.policies(org, 10)).toEqual([policy]);
      await engine.write(async (tx) => {
        expect(await tx.policiesOf(org, 10)).toEqual([policy]);
        expect(await tx.policiesOf(otherOrg, 10)).toEqual([]);
        expect(await tx.findPolicy(org, 'p1')).toEqual(policy);
        expect(await tx.findPolicy(org, 'p2')).toBe(null);
      });
    });

    test('policies() lists by age, then id, at most as many as asked', async () => {
      await engine.write(async (tx) => {
        for (const [id, createdAtMs] of [
          ['b', 2],
          ['c', 1],
          ['a', 2],
        ] as const) {
          await tx.insertPolicy({ ...policy, id, createdAtMs });
        }
        expect(await tx.countPolicies(org)).toBe(3);
      });
      const ids = async (limit: number) =>
        (await engine.reader.policies(org, limit)).map(({ id }) => id);
      expect(await ids(10)).toEqual(['c', 'a', 'b']);
      expect(await ids(2)).toEqual(['c', 'a']);
    });

    test('another organisation has none of it, and may have the same id (O1)', async () => {
      const other = { ...policy, orgId: otherOrg, content: changed };
      await engine.write(async (tx) => {
        await tx.insertPolicy(policy);
        expect(await tx.findPolicy(otherOrg, 'p1')).toBe(null);
        expect(await tx.updatePolicy(other, 1)).toBe(false);
        expect(await tx.deletePolicy(otherOrg, 'p1', 1)).toBe(false);
        expect(await tx.countPolicies(otherOrg)).toBe(0);
        await tx.insertPolicy(other);
      });
      expect(await engine.reader.policy(org, 'p1')).toEqual(policy);
      expect(await engine.reader.policy(otherOrg, 'p1')).toEqual(other);
    });

    test('updatePolicy() writes only over the revision that was read (P1)', async () => {
      const next = { ...policy, revision: 2, content: changed };
      await engine.write(async (tx) => {
        await tx.insertPolicy(policy);
        expect(await tx.updatePolicy(next, 7)).toBe(false);
        expect(await tx.findPolicy(org, 'p1')).toEqual(policy);
        expect(await tx.updatePolicy(next, 1)).toBe(true);
        expect(await tx.updatePolicy({ ...next, content }, 1)).toBe(false);
      });
      expect(await engine.reader.policy(org, 'p1')).toEqual(next);
    });

    test('deletePolicy() removes only the revision that was read', async () => {
      await engine.write(async (tx) => {
        await tx.insertPolicy(policy);
        expect(await tx.deletePolicy(org, 'p1', 2)).toBe(false);
        expect(await tx.deletePolicy(org, 'p1', 1)).toBe(true);
        expect(await tx.deletePolicy(org, 'p1', 1)).toBe(false);
      });
      expect(await engine.reader.policy(org, 'p1')).toBe(null);
    });
  });

  describe('models', () => {
    test('modelPrices() gives each model once, with its newest price, since a day (C1, O1)', async () => {
      const seen = (
        model: string,
        priceId: number,
        seenOnMs: number,
        provider: string | null = 'openai',
      ) => ({ provider, model, priceId, seenOnMs });
      await engine.write(async (tx) => {
        const cheap = await tx.priceId('book 1', '{"input":"1"}');
        const dear = await tx.priceId('book 2', '{"input":"2"}');
        await tx.touchModels(org, [seen('gpt-5', cheap, 100), seen('old', cheap, 10)]);
        await tx.touchModels(org, [seen('gpt-5', dear, 200), seen('own', dear, 200, null)]);
        await tx.touchModels(org, [seen('gpt-5', dear, 150)]);
        await tx.touchModels(otherOrg, [seen('else', cheap, 200)]);
      });
      expect(await engine.reader.modelPrices(org, 150, 10)).toEqual([
        { provider: null, model: 'own', price: '{"input":"2"}' },
        { provider: 'openai', model: 'gpt-5', price: '{"input":"2"}' },
      ]);
      expect(await engine.reader.modelPrices(org, 0, 2)).toHaveLength(2);
      expect(await engine.reader.modelPrices(otherOrg, 0, 9)).toMatchObject([{ model: 'else' }]);
    });
  });

  test('snapshotRevision() moves with a model that is new and with a new price, not with days (P5, O1)', async () => {
    const pricesOf = async (orgId: string) => (await engine.reader.snapshotRevision(orgId)).prices;
    const moves = async (model: string, price: string, seenOnMs: number) => {
      const before = await pricesOf(org);
      await engine.write(async (tx) => {
        const priceId = await tx.priceId('book 3', price);
        await tx.touchModels(org, [{ provider: 'moved', model, priceId, seenOnMs }]);
      });
      return (await pricesOf(org)) !== before;
    };
    const others = await pricesOf(otherOrg);
    expect(await moves('gpt-5', '{"input":"3"}', 100)).toBe(true);
    expect(await moves('gpt-5', '{"input":"3"}', 200)).toBe(false);
    expect(await moves('gpt-5', '{"input":"4"}', 200)).toBe(true);
    expect(await moves('o3', '{"input":"4"}', 200)).toBe(true);
    expect(await pricesOf(otherOrg)).toBe(others);
  });

  describe('revisions of policies', () => {
    test('policyRevisions() lists the newest first, the deletion too (P1)', async () => {
      const row = { orgId: org, policyId: 'p1', author: 'Ada' };
      const rows = [
        { ...row, revision: 1, atMs: 2_000, content },
        { ...row, revision: 2, atMs: 3_000, content: changed },
        { ...row, revision: 3, atMs: 4_000, content: null },
      ];
      await engine.write(async (tx) => {
        for (const one of rows) await tx.insertPolicyRevision(one);
      });
      expect(await engine.reader.policyRevisions(org, 'p1', 10)).toEqual(rows.toReversed());
      expect(await engine.reader.policyRevisions(org, 'p1', 1)).toEqual(rows.slice(-1));
      expect(await engine.reader.policyRevisions(otherOrg, 'p1', 10)).toEqual([]);
      await engine.write(async (tx) => {
        expect(await tx.newestPolicyRevision(org, 'p1')).toBe(3);
        expect(await tx.newestPolicyRevision(org, 'p2')).toBe(0);
        expect(await tx.newestPolicyRevision(otherOrg, 'p1')).toBe(0);
      });
    });

    test("movePolicyRevision() moves one organisation's only (P5)", async () => {
      const before = await engine.reader.snapshotRevision(org);
      expect(before.policies).toBe(0);
      await engine.write(async (tx) => {
        await tx.movePolicyRevision(org);
        await tx.movePolicyRevision(org);
      });
      expect(await engine.reader.snapshotRevision(org)).toEqual({ ...before, policies: 2 });
      expect((await engine.reader.snapshotRevision(otherOrg)).policies).toBe(0);
      await engine.write(async (tx) => {
        expect(await tx.snapshotRevision(org)).toEqual({ ...before, policies: 2 });
      });
    });
  });
}
