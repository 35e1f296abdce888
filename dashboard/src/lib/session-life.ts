import type { SessionRow } from '@niitaka/protocol/session.ts';
import { formatClock, formatDayClock } from './format-time.ts';

/** Shorter silences are how agents think: they are told as the last event, not as a silence. */
const quietFromMs = 30_000;
const dayMs = 86_400_000;

type Lived = Pick<
  SessionRow,
  'status' | 'waiting_for' | 'last_seen_at' | 'last_event_at' | 'started_at' | 'closed_by' | 'tree'
>;

/** What a session waits for or showed last, and since when: the second part is never cut. */
export interface SessionLife {
  readonly what: string;
  readonly since: string;
}

/** What a running session waits for, a stale one's last sign of life (S4); null of one that ended by itself. */
export function sessionLife(session: Lived, nowMs: number): SessionLife | null {
  if (session.status === 'stale') {
    return { what: 'last sign of life', since: momentOf(Date.parse(session.last_seen_at), nowMs) };
  }
  if (session.status === 'done') {
    return session.closed_by === 'operator' ? { what: 'ended by an operator', since: '' } : null;
  }
  return waiting(session, nowMs);
}

/** The same as one text; empty when there is nothing to say. */
export function lifeText(session: Lived, nowMs: number): string {
  const life = sessionLife(session, nowMs);
  return life === null ? '' : `${life.what} ${life.since}`.trimEnd();
}

function waiting(session: Lived, nowMs: number): SessionLife {
  const { waiting_for: call, tree, last_event_at: lastEventAt } = session;
  if (call !== null) {
    const forMs = nowMs - Date.parse(call.since);
    return { what: `in ${call.name ?? call.type}`, since: `for ${wholeTime(forMs)}` };
  }
  const below = (tree?.running ?? 1) - 1;
  if (below > 0) return { what: `${below} running below`, since: '' };
  const silenceMs = nowMs - Date.parse(lastEventAt ?? session.started_at);
  if (silenceMs >= quietFromMs) return { what: 'quiet', since: `for ${wholeTime(silenceMs)}` };
  if (lastEventAt === null) return { what: 'no event yet', since: '' };
  const ago = silenceMs < 1_000 ? 'just now' : `${wholeTime(silenceMs)} ago`;
  return { what: 'last event', since: ago };
}

function momentOf(atMs: number, nowMs: number): string {
  return nowMs - atMs < dayMs ? formatClock(atMs) : formatDayClock(atMs, nowMs);
}

function wholeTime(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`;
  return `${Math.floor(seconds / 3_600)} h`;
}
