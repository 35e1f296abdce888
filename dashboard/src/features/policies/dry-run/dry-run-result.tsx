import { Link } from '@tanstack/react-router';
import { PhraseText } from '../../../components/phrase-text.tsx';
import { Tag, type Tone } from '../../../components/tag.tsx';
import { TimeAgo } from '../../../components/time-text.tsx';
import { formatCount } from '../../../lib/format-count.ts';
import { formatUsd } from '../../../lib/format-money.ts';
import type { DryRunItem, DryRunResult } from '@niitaka/protocol/policy-dry-run.ts';
import { dryRunNotes, dryRunText, foundText } from './dry-run-text.ts';

export interface DryRunResultProps {
  readonly result: DryRunResult;
  readonly days: number;
  /** The policy looks at cost, and not at steps. */
  readonly isCost: boolean;
  /** The policy or the range was changed since. */
  readonly isOld: boolean;
}

/** How a dry run came out: in a sentence, and session by session at the event (P9). */
export function DryRunResultView({ result, days, isCost, isOld }: DryRunResultProps) {
  const { items, items_total: total } = result;
  return (
    <div
      className={`mt-2.5 rounded-md border border-line2 bg-row px-3 py-2.5 ${isOld ? 'border-dashed' : ''}`}
    >
      <output className="block">
        <span className="block">
          <PhraseText phrase={dryRunText(result, days)} />.
        </span>
        {dryRunNotes(result).map((note) => (
          <span key={note} className="block text-gold">
            {note}
          </span>
        ))}
        {isOld && (
          <span className="block text-sm text-muted">
            This is of what was typed before: run it again.
          </span>
        )}
      </output>
      {items.length > 0 && (
        <ul
          aria-label="Sessions it would have touched"
          className="mt-2 max-h-60 divide-y divide-line2 overflow-y-auto border-t border-line2"
        >
          {items.map((item) => (
            <ItemLine key={`${item.session_id} ${item.event_id}`} item={item} isCost={isCost} />
          ))}
        </ul>
      )}
      {total > items.length && (
        <p className="mt-1 text-sm text-muted">
          {formatCount(items.length)} of {formatCount(total)} are listed.
        </p>
      )}
    </div>
  );
}

const tones: Readonly<Record<DryRunItem['action'], Tone>> = {
  abort: 'rust',
  warn: 'gold',
  retry: 'tool',
  fallback: 'llm',
};

function ItemLine(props: { readonly item: DryRunItem; readonly isCost: boolean }) {
  const { item, isCost } = props;
  return (
    <li className="flex items-center gap-2 py-1.5 max-sm:flex-wrap">
      <Tag tone={tones[item.action]}>{item.action}</Tag>
      <Link
        to="/sessions/$sessionId"
        params={{ sessionId: item.session_id }}
        search={item.event_id === null ? {} : { event: item.event_id }}
        target="_blank"
        title={`${item.goal ?? 'no goal'}: opens in a new tab`}
        className="min-w-0 flex-1 truncate rounded-sm font-medium hover:underline max-sm:basis-3/4"
      >
        {item.goal ?? 'no goal'}
        <span className="sr-only">, opens in a new tab</span>
      </Link>
      <span className="shrink-0 text-sm text-muted max-sm:flex-1">{foundText(item, isCost)}</span>
      <span className="w-20 shrink-0 text-right text-sm">
        {item.cost_saved > 0 ? `saves ${formatUsd(item.cost_saved)}` : ''}
      </span>
      <span className="w-16 shrink-0 text-right text-sm text-muted">
        <TimeAgo at={item.at} />
      </span>
    </li>
  );
}
