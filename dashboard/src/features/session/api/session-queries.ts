import type { Event } from '@niitaka/protocol/event.ts';
import type { SessionCost, SessionDetail, SessionRow } from '@niitaka/protocol/session.ts';
import type { Signal, Trace } from '@niitaka/protocol/signal.ts';
import { queryOptions } from '@tanstack/react-query';
import { apiGet } from '../../../lib/api/api-fetch.ts';
import { readPages } from '../../../lib/api/read-pages.ts';

export const sessionQuery = (id: string) =>
  queryOptions({
    queryKey: ['session', id, 'detail'],
    queryFn: ({ signal }) => apiGet<SessionDetail>(`/sessions/${id}`, {}, signal),
  });

export const childrenQuery = (id: string) =>
  queryOptions({
    queryKey: ['session', id, 'children'],
    queryFn: ({ signal }) => readPages<SessionRow>(`/sessions/${id}/children`, signal),
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
    queryFn: ({ signal }) => readPages<Signal>(`/sessions/${id}/signals`, signal),
  });

export const tracesQuery = (id: string) =>
  queryOptions({
    queryKey: ['session', id, 'traces'],
    queryFn: ({ signal }) => readPages<Trace>(`/sessions/${id}/traces`, signal),
  });
