import { Search, X } from 'lucide-react';
import { useMemo } from 'react';
import { classNames } from '../../../components/class-names.ts';
import { formatCount } from '../../../lib/format-count.ts';
import type { EventTypeName, SessionSearch, SetSessionSearch } from '../session-search.ts';
import { eventTypes } from './event-filter.ts';
import type { Timeline } from './use-timeline.ts';

export interface TimelineToolbarProps {
  readonly timeline: Timeline;
  readonly search: SessionSearch;
  readonly onSearch: SetSessionSearch;
}

/** Which events are shown: by words and by type. */
export function TimelineToolbar({ timeline, search, onSearch }: TimelineToolbarProps) {
  return (
    <div className="flex shrink-0 flex-wrap items-center gap-1.5 px-5 py-2 max-sm:px-4">
      <SearchInside search={search} onSearch={onSearch} />
      <TypeFilter timeline={timeline} search={search} onSearch={onSearch} />
    </div>
  );
}

function SearchInside({ search, onSearch }: Omit<TimelineToolbarProps, 'timeline'>) {
  return (
    <div className="relative w-44 max-sm:w-auto max-sm:flex-1">
      <Search
        size={14}
        strokeWidth={1.6}
        aria-hidden="true"
        className="pointer-events-none absolute top-2 left-2.5 text-faint"
      />
      <input
        type="search"
        aria-label="Search inside the session"
        placeholder="Search events"
        autoComplete="off"
        spellCheck={false}
        value={search.find}
        onChange={(event) => onSearch({ find: event.target.value })}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return;
          event.stopPropagation();
          if (search.find === '') event.currentTarget.blur();
          else onSearch({ find: '' });
        }}
        className="h-[30px] w-full rounded-md border border-line bg-surface pr-7 pl-8 hover:border-faint focus:border-accent [&::-webkit-search-cancel-button]:hidden"
      />
      {search.find !== '' && (
        <button
          type="button"
          aria-label="Clear the search"
          onClick={() => onSearch({ find: '' })}
          className="absolute top-1.5 right-1.5 rounded-sm p-0.5 text-muted hover:bg-sunk"
        >
          <X size={14} strokeWidth={1.6} aria-hidden="true" />
        </button>
      )}
    </div>
  );
}

function TypeFilter({ timeline, search, onSearch }: TimelineToolbarProps) {
  const counts = useMemo(() => {
    const byType = Map.groupBy(timeline.events, (event) => event.type);
    return eventTypes.map((type) => ({ type, count: byType.get(type)?.length ?? 0 }));
  }, [timeline.events]);
  const toggle = (type: EventTypeName) =>
    onSearch({
      types: eventTypes.filter((one) => search.types.includes(one) !== (one === type)),
    });
  return (
    <fieldset
      aria-label="Types of events"
      className="flex gap-1 max-sm:order-last max-sm:w-full max-sm:overflow-x-auto"
    >
      {counts
        .filter(({ type, count }) => count > 0 || search.types.includes(type))
        .map(({ type, count }) => (
          <button
            key={type}
            type="button"
            aria-pressed={search.types.includes(type)}
            onClick={() => toggle(type)}
            className={classNames(
              'flex h-[30px] shrink-0 items-center gap-1.5 rounded-md border px-1.5 transition-colors',
              search.types.includes(type)
                ? 'border-accent bg-accent-soft font-semibold text-accent'
                : 'border-line text-muted hover:border-faint hover:text-text',
            )}
          >
            <span
              aria-hidden="true"
              className={`size-2 rounded-[2px] bg-(--bar-color) bar-${type}`}
            />
            {type}
            <span className={search.types.includes(type) ? '' : 'text-faint'}>
              {formatCount(count)}
            </span>
          </button>
        ))}
    </fieldset>
  );
}
