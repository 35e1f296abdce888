import type { SessionStats } from '@niitaka/protocol/session.ts';
import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { buttonClass } from '../../../components/button.tsx';
import { classNames } from '../../../components/class-names.ts';
import { Segments } from '../../../components/segments.tsx';
import { formatCount } from '../../../lib/format-count.ts';
import type { SearchParams } from '../../../lib/url/search-params.ts';
import { chipsOf } from './filter-chips.ts';
import { FilterPopover } from './filter-popover.tsx';
import { SearchBox } from '../../../components/search-box.tsx';
import { isFiltered, withoutFilters } from './session-filters.ts';

export interface FilterBarProps {
  readonly search: SearchParams;
  readonly counts: SessionStats['by_status'] | null;
  readonly onChange: (change: SearchParams, how?: 'push' | 'replace') => void;
  readonly onSearch: (q: string) => void;
  readonly children: ReactNode;
}

/** Search, status, and every filter that is on as a chip that takes it off. */
export function FilterBar({ search, counts, onChange, onSearch, children }: FilterBarProps) {
  const hasErrors = search['errors'] === 'yes';
  return (
    <div className="flex flex-wrap items-center gap-2">
      <SearchBox label="Search goals" value={search['q'] ?? ''} onChange={onSearch} />
      <Segments
        label="Status"
        value={search['status'] ?? 'all'}
        items={[
          { value: 'all', label: 'All' },
          { value: 'running', label: counted('Running', counts?.running) },
          { value: 'done', label: 'Done' },
          { value: 'stale', label: counted('Stale', counts?.stale) },
        ]}
        onChange={(status) => onChange({ status: status === 'all' ? undefined : status })}
      />
      {chipsOf(search).map((chip) => (
        <button
          key={chip.key}
          type="button"
          aria-label={`Remove filter: ${chip.text}`}
          onClick={() => onChange({ [chip.key]: undefined })}
          className={classNames(
            buttonClass(),
            'max-w-60 border-transparent! bg-accent-soft! text-accent!',
          )}
        >
          <span className="truncate">{chip.text}</span>
          <X size={13} strokeWidth={2} aria-hidden="true" className="shrink-0" />
        </button>
      ))}
      <button
        type="button"
        aria-pressed={hasErrors}
        onClick={() => onChange({ errors: hasErrors ? undefined : 'yes' })}
        className={classNames(
          buttonClass(),
          hasErrors && 'border-transparent! bg-rust-soft! text-rust!',
        )}
      >
        Has errors
      </button>
      <FilterPopover search={search} onChange={onChange} />
      {isFiltered(search) && (
        <button
          type="button"
          className={buttonClass('ghost')}
          onClick={() => onChange(withoutFilters(search))}
        >
          Clear all
        </button>
      )}
      <span className="ml-auto flex items-center gap-2">{children}</span>
    </div>
  );
}

function counted(name: string, count: number | undefined): ReactNode {
  if (count === undefined || count === 0) return name;
  return (
    <>
      {name} <span className="font-medium text-muted">{formatCount(count)}</span>
    </>
  );
}
