import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { controlPollMs } from '@niitaka/core/control/control-command.ts';
import type { ProblemCode } from '@niitaka/protocol/problem.ts';
import type { AppParts } from '../app-parts.ts';
import { callerOf } from '../authenticate.ts';
import { openByteBudget, type Holder } from '../byte-budget.ts';
import { HttpProblem } from '../problem.ts';
import { readBatch, type HeldBatch } from '../read-batch.ts';

// What all batches together may hold from their first byte to their answer; the share of one sender alone holds two of
// the greatest batches.
const bytesInFlightLimit = 48 * 1024 * 1024;

// A sender whose oldest batch has waited longer than this gets no further one in.
const queueAgeLimitMs = 5_000;

/** `POST /ingest`: the raw body goes to the writer, which answers with ready text after its commit. */
export async function ingestRoutes(app: FastifyInstance, parts: AppParts): Promise<void> {
  const budget = openByteBudget(bytesInFlightLimit);
  const { metrics, storage, clock, live } = parts;
  metrics.gauge(
    'niitaka_ingest_bytes_in_flight',
    'Bytes of batches not yet answered',
    () => budget.used,
  );
  const admit = async (request: FastifyRequest, holder: Holder): Promise<HeldBatch> => {
    const ageMs = storage.waitOfMs(holder.senderId);
    if (ageMs > queueAgeLimitMs) {
      const found = `one sent ${Math.round(ageMs / 1000)} s ago still waits for the storage`;
      const more = { retryAfterSeconds: 5 };
      throw new HttpProblem('unavailable', `No more batches are taken: ${found}`, more);
    }
    return readBatch(request.raw, budget, holder);
  };
  app.removeAllContentTypeParsers();
  // The handler reads the body itself, so that what it holds is given back whatever happens.
  app.addContentTypeParser('application/json', (_request, _payload, done) => done(null));
  app.post('/ingest', { config: { access: 'ingest' } }, async (request, reply) => {
    const { orgId, streamOwner: senderId } = callerOf(request);
    const batch = await admit(request, { orgId, senderId }).catch((error: unknown) => {
      const code = error instanceof HttpProblem ? error.problem.code : null;
      if (code === 'unavailable' || code === 'rate_limited') metrics.refusedForLoad.add(1, code);
      throw error;
    });
    metrics.ingestBytes.add(batch.body.byteLength);
    try {
      const arrivedAtMs = clock();
      const answer = await storage.ingest({
        orgId,
        senderId,
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
