import type { KeyRow, PersonRow, Role, Scope } from '../storage/access-rows.ts';

/** Who asks: a key, or a browser that signed in. */
export interface Caller {
  readonly orgId: string;
  readonly scopes: readonly Scope[];
  /** How the audit log names them. */
  readonly actor: string;
  /** Whose views these are: the person, or the key. */
  readonly holderId: string;
  /** What streams are counted by: the key, or the browser session. */
  readonly streamOwner: string;
  /** Hash of the browser session's token; null for a request with a key. */
  readonly sessionHash: string | null;
  readonly person: PersonRow | null;
}

/** The caller that a key makes. */
export function callerByKey(key: KeyRow, sessionHash: string | null): Caller {
  return {
    orgId: key.orgId,
    scopes: key.scopes,
    actor: `key "${key.name}" (${key.prefix}…)`,
    holderId: key.id,
    streamOwner: sessionHash ?? key.id,
    sessionHash,
    person: null,
  };
}

/** The caller that a person in a browser makes. */
export function callerByPerson(person: PersonRow, sessionHash: string): Caller {
  return {
    orgId: person.orgId,
    scopes: [person.role],
    actor: `person "${person.name}"`,
    holderId: person.id,
    streamOwner: sessionHash,
    sessionHash,
    person,
  };
}

/** Whether the caller may do what asks for this scope: admin includes read, ingest stands alone (O2). */
export function mayUse(caller: Caller, wanted: Scope): boolean {
  return caller.scopes.includes(wanted) || (wanted === 'read' && caller.scopes.includes('admin'));
}

/** The caller's place on the pages. */
export function roleOf(caller: Caller): Role {
  return mayUse(caller, 'admin') ? 'admin' : 'read';
}
