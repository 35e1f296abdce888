import { ArrowDownWideNarrow, ChevronDown } from 'lucide-react';
import { Button, buttonClass } from '../../../components/button.tsx';
import { classNames } from '../../../components/class-names.ts';
import { Menu, MenuChoice } from '../../../components/menu.tsx';
import { SearchBox } from '../../../components/search-box.tsx';
import { Segments } from '../../../components/segments.tsx';
import { formatCount } from '../../../lib/format-count.ts';
import type { SearchParams } from '../../../lib/url/search-params.ts';
import { statusWords, type AgentStatus } from '../status-words.ts';
import type { AgentFilters } from './agent-filters.ts';
import { agentSorts } from './sort-agents.ts';

export interface AgentToolbarProps {
  readonly filters: AgentFilters;
  /** How many agents have each status; null while they are read. */
  readonly counts: readonly (readonly [AgentStatus, number])[] | null;
  readonly onChange: (change: SearchParams, how?: 'push' | 'replace') => void;
}

const sortItems = agentSorts.map(([value, label]) => ({ value, label }));

/** Which agents show, and in which order. */
export function AgentToolbar({ filters, counts, onChange }: AgentToolbarProps) {
  const { q, status, sort, archived } = filters;
  const found = counts ?? [];
  const isFound = status === null || found.some(([name]) => name === status);
  const items = [
    { value: 'all', label: 'All' },
    ...[...found, ...(isFound ? [] : [[status, 0] as const])].map(([name, count]) => ({
      value: name,
      label: (
        <>
          {statusWords[name]} <span className="font-medium text-muted">{formatCount(count)}</span>
        </>
      ),
    })),
  ];
  return (
    <div className="flex flex-wrap items-center gap-2">
      <SearchBox
        label="Search agents"
        value={q}
        onChange={(text) => onChange({ q: text === '' ? undefined : text }, 'replace')}
      />
      <div className="max-w-full overflow-x-auto max-sm:order-last">
        <Segments
          label="Status"
          value={status ?? 'all'}
          items={items}
          onChange={(next) => onChange({ status: next === 'all' ? undefined : next })}
        />
      </div>
      <button
        type="button"
        aria-pressed={archived}
        disabled={status === 'archived'}
        onClick={() => onChange({ archived: archived ? undefined : 'yes' })}
        className={classNames(
          buttonClass(),
          archived && 'border-transparent! bg-accent-soft! text-accent!',
        )}
      >
        With archived
      </button>
      <span className="flex-1 max-sm:hidden" />
      <Menu
        trigger={
          <Button aria-label={`Sorted by ${wordOf(sort)}`}>
            <ArrowDownWideNarrow size={14} strokeWidth={1.6} aria-hidden="true" /> {wordOf(sort)}
            <ChevronDown size={13} strokeWidth={1.8} aria-hidden="true" />
          </Button>
        }
      >
        <MenuChoice
          value={sort}
          items={sortItems}
          onChange={(next) => onChange({ sort: next === 'last_active' ? undefined : next })}
        />
      </Menu>
    </div>
  );
}

function wordOf(sort: AgentFilters['sort']): string {
  return agentSorts.find(([name]) => name === sort)?.[1] ?? sort;
}
