import type { EventBriefPage } from '@niitaka/protocol/event.ts';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { apiGet } from '../../../lib/api/api-fetch.ts';

const NONE: ReadonlySet<string> = new Set();
const WAIT_MS = 250;
const PAGE_SIZE = 500;
const MAX_PAGES = 10;
const MIN_LENGTH = 2;

/** Ids of the events whose content holds the words, as the server finds them once typing rests. */
export function useContentMatches(sessionId: string, find: string): ReadonlySet<string> {
  const words = find
    .split(/\s+/)
    .filter((word) => !/^(model|source):/.test(word))
    .join(' ')
    .trim();
  const rested = useRested(words);
  const enabled = rested.length >= MIN_LENGTH && rested === words;
  const query = useQuery({
    queryKey: ['session', sessionId, 'event', 'search', rested],
    queryFn: ({ signal }) => searchEvents(sessionId, rested, signal),
    enabled,
    placeholderData: keepPreviousData,
  });
  return words.length >= MIN_LENGTH ? (query.data ?? NONE) : NONE;
}

async function searchEvents(
  sessionId: string,
  q: string,
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const ids = new Set<string>();
  let cursor: string | undefined;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const query = { order: 'time', content: 'none', limit: PAGE_SIZE, q, cursor };
    const path = `/sessions/${sessionId}/events`;
    const answer = await apiGet<EventBriefPage>(path, query, signal);
    for (const event of answer.items) ids.add(event.event_id);
    if (answer.next_cursor === null) break;
    cursor = answer.next_cursor;
  }
  return ids;
}

function useRested(text: string): string {
  const [rested, setRested] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setRested(text), WAIT_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return rested;
}
