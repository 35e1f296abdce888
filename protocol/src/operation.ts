import type { ZodObject, ZodType } from 'zod';

/** Who may call an operation: a scope, a browser that is not signed in yet, or anybody. */
export type OperationAccess = 'ingest' | 'read' | 'admin' | 'sign-in' | 'open' | 'metrics';

/** One call of the HTTP contract. */
export interface Operation {
  readonly method: 'get' | 'post' | 'patch' | 'delete';
  /** With parameters as `{name}`. */
  readonly path: string;
  /** One sentence: what it answers or does. */
  readonly summary: string;
  readonly access: OperationAccess;
  readonly query?: ZodObject;
  readonly body?: ZodType;
  readonly answer: OperationAnswer;
  /** Takes an `Idempotency-Key`. */
  readonly idempotent?: true;
}

/** What comes back when all is well: JSON by a schema, another kind of text, or nothing. */
export type OperationAnswer =
  | { readonly status: 200 | 201 | 202; readonly schema: ZodType }
  | { readonly status: 200; readonly contentType: string }
  | { readonly status: 204 };
