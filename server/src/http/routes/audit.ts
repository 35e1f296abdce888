import type { FastifyInstance } from 'fastify';
import { AuditQuery, type AuditPage } from '@niitaka/protocol/access.ts';
import type { AuditCursor } from '../../storage/access-reader.ts';
import type { AppParts } from '../app-parts.ts';
import { callerOf } from '../authenticate.ts';
import { auditToWire } from '../map-access.ts';
import { parseInput } from '../parse-input.ts';
import { HttpProblem } from '../problem.ts';

/** `/audit`: who did what, newest first. */
export async function auditRoutes(app: FastifyInstance, { storage }: AppParts): Promise<void> {
  app.get(
    '/audit',
    { config: { access: 'read', readsQuery: true } },
    async (request): Promise<AuditPage> => {
      const { limit, cursor } = parseInput(AuditQuery, request.query, 'query');
      const after = cursor === undefined ? null : readCursor(cursor);
      const rows = await storage.reader.audit(callerOf(request).orgId, after, limit + 1);
      const items = rows.slice(0, limit);
      const last = rows.length > limit ? items.at(-1) : undefined;
      const next_cursor = last === undefined ? null : `${last.atMs}.${last.id}`;
      return { items: items.map(auditToWire), next_cursor };
    },
  );
}

function readCursor(text: string): AuditCursor {
  const match = /^(\d{1,15})\.([0-9a-f-]{36})$/.exec(text);
  const [, atMs = '', id = ''] = match ?? [];
  if (match !== null) return { atMs: Number(atMs), id };
  throw new HttpProblem('invalid', 'The query is not valid at cursor: it is none of this list');
}
