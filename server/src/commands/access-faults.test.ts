import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Scope } from '../storage/access-rows.ts';
import type { Tx } from '../storage/tx.ts';
import { openStore, type TestStore } from '../testing/open-store.ts';
import { noonMs, testOrgId } from '../testing/records.ts';
import type { Command } from './command.ts';
import { createKey } from './create-key.ts';
import { createSignInLink } from './create-sign-in-link.ts';
import { createView } from './create-view.ts';
import { deleteView } from './delete-view.ts';
import { invitePerson } from './invite-person.ts';
import { revokeKey } from './revoke-key.ts';
import { revokePerson } from './revoke-person.ts';
import { runOnce } from './run-once.ts';
import { signIn } from './sign-in.ts';
import { signOut } from './sign-out.ts';

const who = { orgId: testOrgId, actor: 'person "Ada"' };
const hash = (text: string) => Buffer.from(text).toString('hex').padEnd(64, '0');
const tables = [
  'api_keys',
  'people',
  'sign_in_links',
  'browser_sessions',
  'views',
  'audit',
  'idempotency_keys',
];

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

const aKey = (name: string) => ({
  ...who,
  name,
  scopes: ['read'] as const satisfies readonly Scope[],
  prefix: 'nk_x',
  hash: hash(`key ${name}`),
});
const aPerson = (name: string) => ({
  ...who,
  name,
  role: 'read' as const,
  linkHash: hash(`link ${name}`),
  linkExpiresAtMs: noonMs + 1_000,
});
const aView = { ...who, holderId: testOrgId, page: 'sessions', name: 'Errors', query: 'q' };
const aSignIn = (by: string) => ({
  by: { linkHash: hash(`link ${by}`) },
  sessionHash: hash('session'),
  replacesHash: null,
});

/** Each command on a store where there is something for it to do. */
const cases: Readonly<Record<string, () => Promise<() => Promise<unknown>>>> = {
  'create-key': async () => () => ok(createKey, aKey('a')),
  'create-key once': async () => () =>
    ok(runOnce(createKey), {
      once: { orgId: testOrgId, keyHash: hash('k'), bodyHash: hash('b'), sealed: '' },
      args: aKey('a'),
    }),
  'revoke-key': async () => {
    const { id } = await ok(createKey, aKey('a'));
    return () => ok(revokeKey, { ...who, id });
  },
  'invite-person': async () => () => ok(invitePerson, aPerson('Ada')),
  'revoke-person': async () => {
    const { person } = await ok(invitePerson, aPerson('Ada'));
    return () => ok(revokePerson, { ...who, id: person.id });
  },
  'create-sign-in-link': async () => () =>
    ok(createSignInLink, { name: 'Ada', linkHash: hash('l'), linkExpiresAtMs: noonMs + 1 }),
  'sign-in': async () => {
    await ok(invitePerson, aPerson('Ada'));
    return () => ok(signIn, aSignIn('Ada'));
  },
  'sign-out': async () => {
    await ok(invitePerson, aPerson('Ada'));
    await ok(signIn, aSignIn('Ada'));
    return () => ok(signOut, { ...who, sessionHash: hash('session') });
  },
  'create-view': async () => () => ok(createView, aView),
  'delete-view': async () => {
    const { id } = await ok(createView, aView);
    return () => ok(deleteView, { ...who, holderId: testOrgId, id });
  },
};

const stateOf = () =>
  tables.map((table) => store.db.prepare(`SELECT * FROM ${table} ORDER BY 1, 2, 3`).all());

/** Lets the n-th call of the store fail, as a full disk does; answers how many calls there were. */
function failingAt(tx: Tx, n: number): { tx: Tx; calls: () => number } {
  let calls = 0;
  const failing = new Proxy(tx, {
    get(target, name, receiver) {
      const method = Reflect.get(target, name, receiver);
      if (typeof method !== 'function') return method;
      return (...args: unknown[]) => {
        calls += 1;
        if (calls === n) throw new Error('the disk is full');
        return Reflect.apply(method, target, args);
      };
    },
  });
  return { tx: failing, calls: () => calls };
}

describe('access commands', () => {
  test.each(Object.keys(cases))(
    '%s leaves nothing half-written when the n-th store call fails',
    async (name) => {
      const work = (await cases[name]?.()) ?? (async () => undefined);
      const before = stateOf();
      const whole = store.tx;
      for (let n = 1; n < 30; n += 1) {
        const failing = failingAt(whole, n);
        store.tx = failing.tx;
        const failed = await work().then(
          () => false,
          () => true,
        );
        store.tx = whole;
        if (!failed) {
          expect(n).toBe(failing.calls() + 1);
          expect(stateOf()).not.toEqual(before);
          return;
        }
        expect(stateOf()).toEqual(before);
      }
      throw new Error(`${name} needs more than 30 store calls`);
    },
  );
});

describe('sign-in', () => {
  test('takes a link until it runs out, not at that moment (O3)', async () => {
    await ok(invitePerson, aPerson('Ada'));
    store.nowMs = noonMs + 1_000;
    const late = await store.run(signIn, aSignIn('Ada'));
    expect(late.ok ? '' : late.failure.message).toContain('it has run out');
    store.nowMs = noonMs + 999;
    expect((await store.run(signIn, aSignIn('Ada'))).ok).toBe(true);
  });

  test('forgets browser sessions that were not used for 30 days (O3)', async () => {
    await ok(invitePerson, aPerson('Ada'));
    await ok(signIn, aSignIn('Ada'));
    const count = () => store.db.prepare('SELECT count(*) FROM browser_sessions').pluck().get();
    store.nowMs = noonMs + 30 * 86_400_000 + 1;
    const bob = { ...aPerson('Bob'), linkExpiresAtMs: store.nowMs + 1 };
    await ok(invitePerson, bob);
    await ok(signIn, { ...aSignIn('Bob'), sessionHash: hash('other') });
    expect(count()).toBe(1);
  });
});

describe('runOnce()', () => {
  const once = { orgId: testOrgId, keyHash: hash('k'), bodyHash: hash('b'), sealed: 'sealed' };

  test('answers the first result within 24 h, and runs anew after', async () => {
    const first = await ok(runOnce(createKey), { once, args: aKey('a') });
    expect(first.sealedBefore).toBe(null);
    store.nowMs = noonMs + 86_400_000;
    const again = await ok(runOnce(createKey), { once, args: aKey('b') });
    expect(again).toEqual({ value: first.value, sealedBefore: 'sealed' });
    store.nowMs = noonMs + 86_400_001;
    const anew = await ok(runOnce(createKey), { once, args: aKey('c') });
    expect(anew.value.name).toBe('c');
  });
});

test('createView() ends at 200 views', async () => {
  for (let n = 0; n < 200; n += 1) await ok(createView, aView);
  const over = await store.run(createView, aView);
  expect(over.ok ? '' : over.failure.message).toBe('Cannot save the view: found 200, at most 200');
});
