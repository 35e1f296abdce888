import { z } from 'zod';
import { Policy } from './policy.ts';
import { Count, RevisionText } from './scalars.ts';

/** Characters of a policy file (P8). */
export const policyFileCharacters = 262_144;

/** What an import does: tells what would change, or changes it. */
export const ImportMode = z.enum(['preview', 'apply']);

/** Query of `POST /policies/import`, for a body that is the file itself (`text/yaml`). */
export const ImportQuery = z.strictObject({
  mode: ImportMode.optional(),
  revision: RevisionText.optional(),
});

/** The body of `POST /policies/import` as JSON: the text of a policy file. */
export const ImportPolicies = z.strictObject({
  text: z.string().max(policyFileCharacters),
  mode: ImportMode.default('apply'),
  revision: z.int().min(0).optional().meta({
    description: 'of the preview that was read: when policies changed since, nothing is applied',
  }),
});

/** What a policy says: everything but who it is. */
export const PolicyBody = Policy.omit({ id: true, revision: true, created_at: true });

/** What becomes of one policy of the file; `line` is where it stands there. */
export const ImportedPolicy = z.object({
  line: z.int().min(1),
  action: z.enum(['create', 'update', 'unchanged']),
  id: z.string().nullable().meta({ description: 'null in a preview of one that gets an id' }),
  revision: z.int().nullable().meta({ description: 'as it stands now; null before it is made' }),
  changed: z.array(z.string()).meta({ description: 'names of the fields that differ' }),
  before: PolicyBody.nullable(),
  after: PolicyBody,
});

/** The answer of `POST /policies/import`; `untouched` counts policies that the file does not name. */
export const PolicyImport = z.object({
  mode: ImportMode,
  revision: z.int().meta({ description: 'of all policies, as they stood before' }),
  created: Count,
  updated: Count,
  unchanged: Count,
  untouched: Count,
  items: z.array(ImportedPolicy),
});

/** The text of a policy file, and what to do with it. */
export type ImportPolicies = z.infer<typeof ImportPolicies>;
/** What became of one policy of a file. */
export type ImportedPolicy = z.infer<typeof ImportedPolicy>;
/** What became of the policies of a file. */
export type PolicyImport = z.infer<typeof PolicyImport>;
