import type { Event } from '@niitaka/protocol/event.ts';
import type { SessionCost, SessionDetail, SessionPage } from '@niitaka/protocol/session.ts';
import type { SignalPage, TracePage } from '@niitaka/protocol/signal.ts';
import { queryOptions } from '@tanstack/react-query';
import { apiGet } from '../../../lib/api/api-fetch.ts';

/** Children, signals and decisions beyond this many are not read for one open session. */
const READ_LIMIT = 500;

export const sessionQuery = (id: string) =>
  queryOptions({
    queryKey: ['session', id, 'detail'],
    queryFn: ({ signal }) => apiGet<SessionDetail>(`/sessions/${id}`, {}, signal),
  });

export const childrenQuery = (id: string) =>
  queryOptions({
    queryKey: ['session', id, 'children'],
    queryFn: ({ signal }) =>
      apiGet<SessionPage>(`/sessions/${id}/children`, { limit: READ_LIMIT }, signal),
  });

export const eventQuery = (id: string, eventId: string) =>
  queryOptions({
    queryKey: ['session', id, 'event', eventId],
    queryFn: ({ signal }) => apiGet<Event>(`/sessions/${id}/events/${eventId}`, {}, signal),
  });

export const costQuery = (id: string) =>
  queryOptions({
    queryKey: ['session', id, 'cost'],
    queryFn: ({ signal }) => apiGet<SessionCost>(`/sessions/${id}/cost`, {}, signal),
  });

export const signalsQuery = (id: string) =>
  queryOptions({
    queryKey: ['session', id, 'signals'],
    queryFn: ({ signal }) =>
      apiGet<SignalPage>(`/sessions/${id}/signals`, { limit: READ_LIMIT }, signal),
  });

export const tracesQuery = (id: string) =>
  queryOptions({
    queryKey: ['session', id, 'traces'],
    queryFn: ({ signal }) =>
      apiGet<TracePage>(`/sessions/${id}/traces`, { limit: READ_LIMIT }, signal),
  });
