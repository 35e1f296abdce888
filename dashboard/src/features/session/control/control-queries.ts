import type { CommandList, GiveCommand, GivenCommand } from '@niitaka/protocol/control.ts';
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { apiGet, apiSend } from '../../../lib/api/api-fetch.ts';

export const commandsQuery = (sessionId: string) =>
  queryOptions({
    queryKey: ['session', sessionId, 'commands'],
    queryFn: ({ signal }) => apiGet<CommandList>(`/sessions/${sessionId}/commands`, {}, signal),
  });

/** Gives a command; the list is read again whatever comes of it. */
export function useGiveCommand(sessionId: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (body: GiveCommand) =>
      apiSend<GivenCommand>('POST', `/sessions/${sessionId}/commands`, body),
    onSettled: () => cache.invalidateQueries({ queryKey: ['session', sessionId] }),
  });
}
