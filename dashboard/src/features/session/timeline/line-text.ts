import { formatNoun } from '../../../lib/format-count.ts';
import { formatUsd } from '../../../lib/format-money.ts';
import type { TimelineRow } from './build-rows.ts';
import { eventLabel } from './event-label.ts';
import type { RowType } from './type-tag.tsx';

/** The words of one row. */
export interface LineText {
  readonly type: RowType;
  readonly name: string;
  readonly note: string | null;
  /** null where there is nothing to pay for. */
  readonly cost: string | null;
  readonly failed: boolean;
  /** It came after the session had ended (S5). */
  readonly late: boolean;
}

export function lineText(row: TimelineRow): LineText {
  const known = texts.get(row);
  if (known !== undefined) return known;
  const text = makeText(row);
  texts.set(row, text);
  return text;
}

/** Rows are drawn many times while scrolling and never change. */
const texts = new WeakMap<TimelineRow, LineText>();

function makeText(row: TimelineRow): LineText {
  switch (row.kind) {
    case 'event': {
      const { event } = row;
      return {
        type: event.type,
        ...eventLabel(event),
        cost: event.type === 'llm' ? costText(event.costUsd, event.costSource) : null,
        failed: event.type === 'error' || event.level === 'error',
        late: event.afterEnd,
      };
    }
    case 'session': {
      const { session } = row;
      const note = session.goal === null ? null : session.agentId;
      return {
        type: 'session',
        name: session.goal ?? session.agentId ?? session.id,
        note:
          session.childCount > 0
            ? [note, formatNoun(session.childCount, 'child', 'children')]
                .filter((part) => part !== null)
                .join(' · ')
            : note,
        cost: sessionsCost([session]),
        failed: session.errorCount > 0,
        late: false,
      };
    }
    case 'sessions':
      return {
        type: 'session',
        name: row.sessions[0]?.agentId ?? 'no agent',
        note: formatNoun(row.sessions.length, 'child session'),
        cost: sessionsCost(row.sessions),
        failed: row.sessions.some((session) => session.errorCount > 0),
        late: false,
      };
  }
}

function costText(costUsd: number | null, source: string | null): string | null {
  if (source === 'unpriced') return 'no price';
  return costUsd === null ? null : formatUsd(costUsd);
}

function sessionsCost(
  sessions: readonly { readonly costUsd: number; readonly unpricedCount: number }[],
): string {
  const costUsd = sessions.reduce((sum, session) => sum + session.costUsd, 0);
  const unpriced = sessions.some((session) => session.unpricedCount > 0);
  return costUsd === 0 && unpriced ? 'no price' : formatUsd(costUsd);
}
