import type { ChildSession } from './child-session.ts';
import { isFiltering, matchesEvent, touches, type EventFilter } from './event-filter.ts';
import { nestEvents } from './nest-events.ts';
import type { TimelineEvent } from './timeline-event.ts';

interface RowBase {
  readonly key: string;
  /** 0 at the top. */
  readonly depth: number;
  readonly startMs: number;
  /** null while it runs. */
  readonly endMs: number | null;
  /** Rows below it in the tree, shown or not. */
  readonly descendants: number;
  readonly expanded: boolean;
}

/** One line of the waterfall. */
export type TimelineRow =
  | (RowBase & {
      readonly kind: 'event';
      readonly event: TimelineEvent;
      /** false for an ancestor that stands only to place a match. */
      readonly matched: boolean;
    })
  | (RowBase & { readonly kind: 'session'; readonly session: ChildSession })
  | (RowBase & { readonly kind: 'sessions'; readonly sessions: readonly ChildSession[] });

export interface RowsInput {
  /** In timeline order. */
  readonly events: readonly TimelineEvent[];
  readonly children: readonly ChildSession[];
  /** Keys of rows the reader closed, or opened where they start closed. */
  readonly toggled: ReadonlySet<string>;
  readonly filter: EventFilter;
  /** Child sessions stand beside events only where no type is asked for. */
  readonly showChildren: boolean;
}

export interface TimelineRows {
  readonly rows: readonly TimelineRow[];
  readonly matched: number;
}

/** This many children of one agent become one row, closed at first. */
const GROUP_FROM = 4;

export function buildRows(input: RowsInput): TimelineRows {
  const filtering = isFiltering(input.filter);
  const nested = nestEvents(
    input.events,
    filtering ? (event) => matchesEvent(input.filter, event) : null,
    input.toggled,
  );
  const { within } = input.filter;
  const children =
    within === null ? input.children : input.children.filter((one) => touches(one, within));
  const sessions = input.showChildren ? childRows(children, input.toggled) : [];
  const rows = sessions.length === 0 ? nested.rows : interleave(nested.rows, sessions);
  return { rows, matched: nested.matched };
}

/** Blocks of child rows, each put before the first top-level event that starts after it. */
function interleave(
  events: readonly TimelineRow[],
  blocks: readonly (readonly TimelineRow[])[],
): TimelineRow[] {
  const rows: TimelineRow[] = [];
  let next = 0;
  const takeUntil = (startMs: number) => {
    for (let block = blocks[next]; block !== undefined; block = blocks[next]) {
      const head = block[0];
      if (head !== undefined && head.startMs >= startMs) return;
      rows.push(...block);
      next += 1;
    }
  };
  for (const row of events) {
    if (row.depth === 0) takeUntil(row.startMs);
    rows.push(row);
  }
  takeUntil(Number.POSITIVE_INFINITY);
  return rows;
}

function childRows(
  children: readonly ChildSession[],
  toggled: ReadonlySet<string>,
): TimelineRow[][] {
  const byAgent = Map.groupBy(children, (child) => child.agentId ?? '');
  const blocks: TimelineRow[][] = [];
  for (const [agentId, sessions] of byAgent) {
    if (sessions.length >= GROUP_FROM) blocks.push(groupBlock(agentId, sessions, toggled));
    else blocks.push(...sessions.map((session) => [sessionRow(session, 0)]));
  }
  return blocks.sort((a, b) => (a[0]?.startMs ?? 0) - (b[0]?.startMs ?? 0));
}

function groupBlock(
  agentId: string,
  children: readonly ChildSession[],
  toggled: ReadonlySet<string>,
): TimelineRow[] {
  const sessions = children.toSorted((a, b) => a.startMs - b.startMs);
  const key = `sessions:${agentId}`;
  const expanded = toggled.has(key);
  const head: TimelineRow = {
    kind: 'sessions',
    key,
    depth: 0,
    startMs: Math.min(...sessions.map((one) => one.startMs)),
    endMs: latestEnd(sessions),
    descendants: sessions.length,
    expanded,
    sessions,
  };
  return expanded ? [head, ...sessions.map((session) => sessionRow(session, 1))] : [head];
}

function latestEnd(sessions: readonly ChildSession[]): number | null {
  let latest = 0;
  for (const { endMs } of sessions) {
    if (endMs === null) return null;
    latest = Math.max(latest, endMs);
  }
  return latest;
}

function sessionRow(session: ChildSession, depth: number): TimelineRow {
  return {
    kind: 'session',
    key: session.id,
    depth,
    startMs: session.startMs,
    endMs: session.endMs,
    descendants: 0,
    expanded: false,
    session,
  };
}
