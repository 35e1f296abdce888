import { correctTime } from '@niitaka/core/event/correct-time.ts';
import { differingStartField } from '@niitaka/core/session/compare-start.ts';
import { createSession } from '@niitaka/core/session/create-session.ts';
import { linkSession, type KnownParent } from '@niitaka/core/session/link-session.ts';
import type { Session, SessionLink } from '@niitaka/core/session/session.ts';
import { dateSignOfLife } from '@niitaka/core/session/sign-of-life.ts';
import { goalWords } from '@niitaka/core/text/goal-words.ts';
import type { Tx } from '../../storage/tx.ts';
import { moveTree } from '../move-tree.ts';
import { refuse, takeSign, type BatchWork } from './batch-work.ts';
import { takeOverCommands } from './control-sessions.ts';
import type { StartRecord } from './record.ts';

/** Followed roots when looking for a parent's present root; a longer chain cannot exist (S9). */
const maxRootSteps = 256;

/** Applies the starts of a batch (S1, S8, S9). */
export async function startSessions(
  work: BatchWork,
  starts: readonly StartRecord[],
): Promise<void> {
  for (const start of starts) await startOne(work, start);
  const { tx, nowMs } = work.context;
  if (starts.length === 0) return;
  const environments = new Set(starts.map((start) => start.environment));
  await tx.touchEnvironments(work.orgId, [...environments], nowMs);
}

async function startOne(work: BatchWork, start: StartRecord): Promise<void> {
  const known = work.sessions.get(start.sessionId);
  if (known !== undefined) {
    repeatStart(work, start, known.session);
    return;
  }
  if (work.deleted.has(start.sessionId)) {
    const message = `Session ${start.sessionId} was deleted: its id cannot start again`;
    refuse(work, start, { code: 'session_deleted', message, retryable: false });
    return;
  }
  const link = await findLink(work, start);
  const session = newSession(work, start, link);
  await insert(work, start, session);
  await takeOverCommands(work, session);
  work.accepted += 1;
  if (link.parentRefused !== null) {
    work.warnings.push(`session ${session.id} stands as a root: ${link.parentRefused}`);
  }
  await adopt(work, session);
}

function repeatStart(work: BatchWork, start: StartRecord, stored: Session): void {
  const field = differingStartField(stored, start);
  if (field === null) {
    work.duplicates += 1;
    const known = work.sessions.get(stored.id);
    if (known !== undefined) takeSign(work, known, start.startedAtMs);
    return;
  }
  const message = `Session ${stored.id} has started already with another ${field}: start a new session, or send what was sent first`;
  refuse(work, start, { code: 'conflict', message, retryable: false });
}

function newSession(work: BatchWork, start: StartRecord, link: SessionLink): Session {
  const { arrivedAtMs } = work.times;
  const identity = {
    id: start.sessionId,
    agentId: start.agentId,
    goal: start.goal,
    environment: start.environment,
    experimentId: start.experimentId,
    variant: start.variant,
    agentVersion: start.agentVersion,
    userId: start.userId,
    conversationId: start.conversationId,
    startedAtMs: correctTime(start.startedAtMs, work.offsetMs, arrivedAtMs),
    startedAtSentMs: start.startedAtMs,
    arrivedAtMs,
    clockOffsetMs: work.offsetMs,
    policySource: start.policySource,
    policyHash: start.policyHash,
  };
  return createSession(identity, link, dateSignOfLife(work.times, start.startedAtMs));
}

async function insert(work: BatchWork, start: StartRecord, session: Session): Promise<void> {
  const { tx, nowMs } = work.context;
  const extras = {
    goalWords: start.goal === null ? '' : goalWords(start.goal),
    tags: start.tags,
    metadata: start.metadata,
    truncated: start.truncated.length === 0 ? null : JSON.stringify(start.truncated),
  };
  work.sessions.add(await tx.insertSession(work.orgId, session, extras));
  if (session.agentId !== null) {
    const { agentId, startedAtMs } = session;
    await tx.touchAgents(work.orgId, [{ agentId, startedAtMs }], nowMs);
  }
}

async function findLink(work: BatchWork, start: StartRecord): Promise<SessionLink> {
  const waiting = await work.context.tx.waitingChildren(work.orgId, start.sessionId);
  const { parentSessionId } = start;
  if (parentSessionId === null) return linkSession(start.sessionId, null, null, waiting);
  await work.sessions.load([parentSessionId]);
  const parent = work.sessions.get(parentSessionId)?.session;
  const known =
    parent === undefined ? null : await presentRoot(work.context.tx, work.orgId, parent);
  return linkSession(start.sessionId, parentSessionId, known, waiting);
}

/** A parent with its root as of now: a root that found a parent of its own may not have moved its tree yet. */
async function presentRoot(tx: Tx, orgId: string, parent: Session): Promise<KnownParent> {
  let { rootSessionId } = parent;
  let { depth } = parent;
  for (let step = 0; step < maxRootSteps; step += 1) {
    const facts = await tx.linkFacts(orgId, rootSessionId);
    if (facts === null || facts.rootSessionId === rootSessionId) break;
    rootSessionId = facts.rootSessionId;
    depth += facts.depth;
  }
  return { id: parent.id, rootSessionId, depth };
}

/** The new session's parent counts it; children that waited for it move to its root. */
async function adopt(work: BatchWork, session: Session): Promise<void> {
  if (session.parentSessionId !== null) {
    const parent = work.sessions.get(session.parentSessionId);
    if (parent !== undefined) {
      parent.session.childCount += 1;
      work.sessions.touch(parent.session.id, true);
    }
  }
  const isInner = session.childCount > 0 && session.rootSessionId !== session.id;
  if (isInner && !(await moveTree(work.context, work.orgId, work.sessions, session))) {
    await work.context.tx.queueReroot(work.orgId, session.id);
  }
}
