import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { SessionExportQuery } from '@niitaka/protocol/session-query.ts';
import type { AppParts } from '../app-parts.ts';
import { callerOf } from '../authenticate.ts';
import { exportColumns, exportSessions } from '../export-sessions.ts';
import { parseInput } from '../parse-input.ts';
import { HttpProblem } from '../problem.ts';
import { readerOf } from '../reader-of.ts';
import { filterOf } from '../session-filter.ts';

const contentTypes = {
  csv: 'text/csv; charset=utf-8; header=present',
  jsonl: 'application/jsonl; charset=utf-8',
} as const;

/** `/sessions/export`: the filtered list as a file, streamed. */
export async function sessionsExportRoutes(app: FastifyInstance, parts: AppParts): Promise<void> {
  app.get(
    '/sessions/export',
    { config: { access: 'read', readsQuery: true } },
    (request, reply) => {
      const query = parseInput(SessionExportQuery, request.query, 'query');
      const { format, columns = exportColumns, sort, ...filters } = query;
      checkColumns(columns);
      const { orgId } = callerOf(request);
      const asked = { orgId, filter: filterOf(filters), sort, columns, format };
      const lines = exportSessions(readerOf(parts.storage, reply), asked, parts.clock);
      return reply
        .type(contentTypes[format])
        .header('content-disposition', `attachment; filename="niitaka-sessions.${format}"`)
        .send(Readable.from(lines, { highWaterMark: 1 }));
    },
  );
}

function checkColumns(columns: readonly string[]): void {
  const unknown = columns.filter((name) => !exportColumns.includes(name));
  if (unknown.length === 0 && columns.length > 0) return;
  const message = `wanted some of ${exportColumns.join(', ')}: got ${unknown.join(', ') || 'none'}`;
  throw new HttpProblem('invalid', `The query is not valid at columns: ${message}`, {
    errors: [{ path: 'columns', code: 'invalid', message }],
  });
}
