import { ledgerFigures } from '@niitaka/core/delivery/sender-ledger.ts';
import { usdNumber } from '@niitaka/core/money/nano-usd.ts';
import type { Session } from '@niitaka/core/session/session.ts';
import type {
  SessionDetail,
  SessionRow,
  SessionTree,
  TreeTotals,
} from '@niitaka/protocol/session.ts';
import type {
  SessionSummary,
  SessionWhole,
  TreeNode,
  TreeSums,
} from '../storage/session-reader.ts';
import { timeToWire, timeToWireOrNull } from './map-access.ts';

/** A session as lists and the stream carry it. */
export function sessionToWire(summary: SessionSummary): SessionRow {
  const { session, openCall, tree, matchedDescendants } = summary;
  const row: SessionRow = {
    ...identityToWire(session),
    ...countersToWire(session),
    metrics: session.metrics,
    tags: summary.tags,
    closed_by: session.closedBy,
    aborted: session.aborted,
    quiet: summary.quiet,
    waiting_for: openCall && {
      event_id: openCall.eventId,
      type: openCall.type,
      name: openCall.name,
      since: timeToWire(openCall.sinceMs),
    },
    delivery: deliveryToWire(summary),
    child_count: session.childCount,
    tree: tree && treeToWire(tree),
  };
  return matchedDescendants === null ? row : { ...row, matched_descendants: matchedDescendants };
}

/** A session whole, as the drawer reads it. */
export function sessionDetailToWire(whole: SessionWhole): SessionDetail {
  const { session, parent } = whole;
  return {
    ...sessionToWire(whole),
    started_at_sent: timeToWire(session.startedAtSentMs),
    ended_at_sent: timeToWireOrNull(session.endedAtSentMs),
    clock_offset_ms: session.clockOffsetMs,
    metadata: whole.metadata === null ? null : JSON.parse(whole.metadata),
    truncated: whole.truncated === null ? [] : JSON.parse(whole.truncated),
    agent_name: whole.agentName,
    parent: parent && { id: parent.id, goal: parent.goal, agent_id: parent.agentId },
    senders: whole.senders.map(senderToWire),
    signal_count: session.signalCount,
    trace_count: session.traceCount,
  };
}

/** A session with what lies below it, as the tree's answer carries them. */
export function sessionTreeToWire(
  root: string,
  depth: number,
  { nodes, truncated }: { readonly nodes: readonly TreeNode[]; readonly truncated: boolean },
): SessionTree {
  const items = nodes.map((node) => ({ ...sessionToWire(node), hidden_descendants: node.hidden }));
  return { root, items, depth_limit: depth, truncated };
}

/** Sums over a subtree as the wire carries them. */
export function treeToWire(tree: TreeSums): TreeTotals {
  return {
    sessions: tree.sessions,
    running: tree.running,
    total_cost: usdNumber(tree.totalCostNanoUsd),
    total_cost_nano_usd: String(tree.totalCostNanoUsd),
    late_cost: usdNumber(tree.lateCostNanoUsd),
    total_tokens: tree.totalTokens,
    step_count: tree.stepCount,
    error_count: tree.errorCount,
    unpriced_count: tree.unpricedCount,
    truncated: tree.truncated,
  };
}

function identityToWire(session: Session) {
  const { endedAtMs, startedAtMs } = session;
  return {
    id: session.id,
    agent_id: session.agentId,
    goal: session.goal,
    status: session.status,
    environment: session.environment,
    started_at: timeToWire(startedAtMs),
    ended_at: timeToWireOrNull(endedAtMs),
    last_seen_at: timeToWire(session.lastSeenAtMs),
    last_event_at: timeToWireOrNull(session.lastEventAtMs),
    duration_ms: endedAtMs === null ? null : Math.max(0, endedAtMs - startedAtMs),
    parent_session_id: session.parentSessionId,
    root_session_id: session.rootSessionId,
    depth: session.depth,
    parent_refused: session.parentRefused,
    experiment_id: session.experimentId,
    variant: session.variant,
    agent_version: session.agentVersion,
    user_id: session.userId,
    conversation_id: session.conversationId,
  };
}

function countersToWire(session: Session) {
  return {
    total_cost: usdNumber(session.totalCostNanoUsd),
    total_cost_nano_usd: String(session.totalCostNanoUsd),
    late_cost: usdNumber(session.lateCostNanoUsd),
    total_tokens: session.inputTokens + session.outputTokens,
    input_tokens: session.inputTokens,
    output_tokens: session.outputTokens,
    event_count: session.eventCount,
    step_count: session.stepCount,
    llm_count: session.llmCount,
    tool_count: session.toolCount,
    error_count: session.errorCount,
    unpriced_count: session.unpricedCount,
  };
}

function deliveryToWire({ session, incomplete }: SessionSummary): SessionRow['delivery'] {
  return {
    expected: session.expected,
    received: session.received,
    refused: session.refused,
    missing: session.missing,
    dropped: session.dropped,
    dropped_by: session.droppedBy,
    open_senders: session.openSenders,
    incomplete,
  };
}

function senderToWire(one: SessionWhole['senders'][number]): SessionDetail['senders'][number] {
  const { expected, received, refused, missing, dropped, open } = ledgerFigures(one.ledger);
  return {
    sender: one.sender,
    expected,
    received,
    refused,
    dropped,
    missing,
    dropped_by: one.ledger.droppedBy,
    omitted: one.ledger.omitted,
    closed: !open,
    clock_offset_ms: one.clockOffsetMs,
  };
}
