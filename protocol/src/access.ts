import { z } from 'zod';
import { fromText, Json, Timestamp, Uuid } from './scalars.ts';

/** What a key may do (O2). */
export const Scope = z.enum(['ingest', 'read', 'admin']);

/** One API key, without its secret. */
export const ApiKey = z.object({
  id: Uuid,
  name: z.string(),
  prefix: z.string(),
  scopes: z.array(Scope),
  created_at: Timestamp,
  last_used_at: Timestamp.nullable(),
  revoked_at: Timestamp.nullable(),
});

/** The body of `POST /keys`. */
export const CreateKey = z.strictObject({
  name: z.string().trim().min(1).max(100),
  scopes: z.array(Scope).min(1).max(3),
});

/** A new key with its secret, shown once. */
export const CreatedKey = ApiKey.extend({ key: z.string() });

/** A list of keys. */
export const KeyList = z.object({ items: z.array(ApiKey) });

/** What a person may do on the pages (O3). */
export const Role = z.enum(['read', 'admin']);

/** One person who signs in. */
export const Person = z.object({
  id: Uuid,
  name: z.string(),
  role: Role,
  created_at: Timestamp,
  last_seen_at: Timestamp.nullable(),
  revoked_at: Timestamp.nullable(),
});

/** The body of `POST /people`. */
export const InvitePerson = z.strictObject({ name: z.string().trim().min(1).max(100), role: Role });

/** An invited person with the one-time link to send. */
export const InvitedPerson = Person.extend({ link: z.string(), link_expires_at: Timestamp });

/** A list of people. */
export const PersonList = z.object({ items: z.array(Person) });

/** The body of `POST /session`: a link's token, or an admin key. */
export const SignIn = z.union([
  z.strictObject({ token: z.string().min(1).max(200) }),
  z.strictObject({ key: z.string().min(1).max(200) }),
]);

/** Who is signed in: `GET /session`. */
export const Identity = z.object({
  organisation: z.object({ id: Uuid, name: z.string() }),
  person: z.object({ id: Uuid, name: z.string() }).nullable(),
  role: Role,
  public_url: z.string(),
  first_run: z.boolean().meta({ description: 'no session has ever arrived' }),
  version: z.string(),
});

/** One saved view: a page's query under a name. */
export const View = z.object({
  id: Uuid,
  name: z.string(),
  page: z.string(),
  query: z.string(),
  created_at: Timestamp,
});

/** The body of `POST /views`. */
export const CreateView = z.strictObject({
  name: z.string().trim().min(1).max(100),
  page: z.enum(['sessions']),
  query: z.string().max(4000),
});

/** A list of views. */
export const ViewList = z.object({ items: z.array(View) });

/** One row of the audit log. */
export const AuditRow = z.object({
  id: Uuid,
  at: Timestamp,
  actor: z.string(),
  action: z.string(),
  target: z.string(),
  before: Json,
  after: Json,
});

/** A page of the audit log, newest first. */
export const AuditPage = z.object({ items: z.array(AuditRow), next_cursor: z.string().nullable() });

/** Query of `GET /audit`. */
export const AuditQuery = z.strictObject({
  limit: fromText(z.coerce.number().int().min(1).max(500).default(50)),
  cursor: z.string().max(100).optional(),
});

/** One agent as a filter lists it. */
export const Agent = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string().nullable(),
  created_at: Timestamp,
  session_count: z.int(),
  last_started_at: Timestamp.nullable(),
});

/** Environments seen, `production` first. */
export const EnvironmentList = z.object({ items: z.array(z.string()) });

/** Who is signed in. */
export type Identity = z.infer<typeof Identity>;
/** An API key. */
export type ApiKey = z.infer<typeof ApiKey>;
/** A new key with its secret. */
export type CreatedKey = z.infer<typeof CreatedKey>;
/** A person. */
export type Person = z.infer<typeof Person>;
/** An invited person. */
export type InvitedPerson = z.infer<typeof InvitedPerson>;
/** A page of the audit log. */
export type AuditPage = z.infer<typeof AuditPage>;
/** A saved view. */
export type View = z.infer<typeof View>;
/** A row of the audit log. */
export type AuditRow = z.infer<typeof AuditRow>;
/** An agent. */
export type Agent = z.infer<typeof Agent>;
/** What a key may do. */
export type Scope = z.infer<typeof Scope>;
