import { useMemo, useState } from 'react';
import { LiveLight } from '../../components/live-light.tsx';
import { RangePicker } from '../../components/range-picker.tsx';
import { rangeOf } from '../../lib/url/range.ts';
import { signalQueryOf, useSignalSearch } from './signal-search.ts';
import { MarkRead } from './mark-read.tsx';
import { SignalFeed } from './signal-feed.tsx';
import { SignalFilters } from './signal-filters.tsx';

/** What guardrails, retries, operators and alerts had to say, newest first. */
export function SignalsPage() {
  const [search, change] = useSignalSearch();
  const { env, range: name, from, to, type, agent } = search;
  const [openedAtMs] = useState(Date.now);
  const asked = useMemo(() => {
    const of = { env, range: name, from, to, type, agent };
    const range = rangeOf(of, openedAtMs);
    return { range, query: signalQueryOf(of, range) };
  }, [env, name, from, to, type, agent, openedAtMs]);
  return (
    <>
      <header className="flex shrink-0 flex-col gap-3 px-5 pt-3 pb-3 max-sm:px-3">
        <div className="flex flex-wrap items-center gap-2.5">
          <h1 className="text-title">Signals</h1>
          <LiveLight />
          <span className="flex-1" />
          <MarkRead />
          <RangePicker range={asked.range} onChange={change} />
        </div>
        <SignalFilters search={search} onChange={change} />
      </header>
      <SignalFeed
        key={JSON.stringify(asked.query)}
        search={search}
        query={asked.query}
        range={asked.range}
        onChange={change}
      />
    </>
  );
}
