import type { FastifyInstance, FastifyReply } from 'fastify';
import { controlPollMs } from '@niitaka/core/control/control-command.ts';
import type { ProblemCode } from '@niitaka/protocol/problem.ts';
import type { AppParts } from '../app-parts.ts';
import { callerOf } from '../authenticate.ts';
import { openByteBudget } from '../byte-budget.ts';
import { HttpProblem } from '../problem.ts';
import { readBatch } from '../read-batch.ts';

// What all batches together may hold from their first byte to their answer.
const bytesInFlightLimit = 32 * 1024 * 1024;

/** `POST /ingest`: the raw body goes to the writer, which answers with ready text after its commit. */
export async function ingestRoutes(app: FastifyInstance, parts: AppParts): Promise<void> {
  const budget = openByteBudget(bytesInFlightLimit);
  const { metrics, storage, clock, live } = parts;
  metrics.gauge(
    'niitaka_ingest_bytes_in_flight',
    'Bytes of batches not yet answered',
    () => budget.used,
  );
  app.removeAllContentTypeParsers();
  // The handler reads the body itself, so that what it holds is given back whatever happens.
  app.addContentTypeParser('application/json', (_request, _payload, done) => done(null));
  app.post('/ingest', { config: { access: 'ingest' } }, async (request, reply) => {
    const batch = await readBatch(request.raw, budget).catch((error: unknown) => {
      if (error instanceof HttpProblem && error.problem.code === 'unavailable') {
        metrics.refusedForLoad.add(1);
      }
      throw error;
    });
    metrics.ingestBytes.add(batch.body.byteLength);
    try {
      const { orgId } = callerOf(request);
      const arrivedAtMs = clock();
      const answer = await storage.ingest({
        orgId,
        body: batch.body,
        arrivedAtMs,
        controlPollMs: live.isWatched(orgId) ? controlPollMs : null,
      });
      if (answer.status === 200) metrics.ackSeconds.observe(reply.elapsedTime / 1000);
      return sendAnswer(reply, answer.status, answer.text);
    } finally {
      batch.release();
    }
  });
}

function sendAnswer(reply: FastifyReply, status: number, text: string): FastifyReply {
  if (status === 200) return reply.type('application/json; charset=utf-8').send(text);
  const { code, detail }: { code: ProblemCode; detail: string } = JSON.parse(text);
  throw new HttpProblem(code, detail, { status });
}
