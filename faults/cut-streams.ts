import { engineNames } from '../server/src/storage/port.ts';
import { hold, type Fault } from './fault.ts';
import { withServer } from './place.ts';
import type { ServerUnderFault } from './server-under-fault.ts';
import { trafficBatches } from './traffic.ts';
import { missedRows, newViewer, watch, type Viewer } from './viewer.ts';

const sessions = 120;
const messagesBeforeCut = 12;
const settledAfterMs = 10_000;

/** Streams that are cut again and again: with the last id they miss no change. */
export const cutStreams: Fault = {
  name: 'cut-streams',
  what: 'live stream cut while changes come',
  gate: '0 missed',
  engines: engineNames,
  rounds: { full: 1_000, short: 40, shortOnPostgres: null },
  run: (rounds, engine) =>
    withServer(engine, async (server) => {
      const viewer = newViewer();
      let cuts = 0;
      const sender = { isSending: true };
      const sending = sendSlowly(server, rounds).finally(() => {
        sender.isSending = false;
      });
      while (sender.isSending || cuts < rounds) {
        await watchUntilCut(server, viewer, () => sender.isSending);
        cuts += 1;
      }
      await sending;
      const missed = await missedBy(server, viewer);
      hold(missed === 0, `${missed} sessions were not seen as they are`);
      return `${cuts} cuts, ${viewer.seen.size} sessions, none missed`;
    }),
};

async function sendSlowly(server: ServerUnderFault, rounds: number): Promise<void> {
  const rest = Math.max(2, Math.min(10, 20_000 / rounds));
  for (const body of trafficBatches(3_000, sessions, 5)) {
    const { status, text } = await server.post(body);
    hold(status === 200, `ingest answered ${status}: ${text}`);
    await new Promise((resolve) => setTimeout(resolve, rest));
  }
}

/** Reads a few messages, then drops the connection in the middle of whatever comes next. */
async function watchUntilCut(
  server: ServerUnderFault,
  viewer: Viewer,
  isLive: () => boolean,
): Promise<void> {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), isLive() ? 500 : 60);
  let messages = 0;
  for await (const _ of watch(server, viewer, abort.signal)) {
    messages += 1;
    if (messages >= messagesBeforeCut) break;
  }
  clearTimeout(timer);
  abort.abort();
}

/** Rows of roots may follow their trees by a second. */
async function missedBy(server: ServerUnderFault, viewer: Viewer): Promise<number> {
  const until = Date.now() + settledAfterMs;
  for (;;) {
    const missed = await missedRows(server, viewer);
    if (missed === 0 || Date.now() > until) return missed;
    await watchUntilCut(server, viewer, () => true);
  }
}
