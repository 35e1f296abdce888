import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { messageOf } from '../../components/error-state.tsx';
import { apiGet, apiSend } from '../../lib/api/api-fetch.ts';
import { SectionTable } from './section-table.tsx';

export interface AccessSectionProps<Item, Body, Created> {
  /** The path of the list, which is also the name of its reads. */
  readonly path: '/keys' | '/people';
  readonly label: string;
  readonly heads: readonly string[];
  readonly empty: string;
  readonly renderForm: (create: (body: Body) => void, busy: boolean) => ReactNode;
  /** What is shown of a new one, once. */
  readonly renderOnce: (created: Created) => ReactNode;
  readonly renderRow: (item: Item, revoke: () => void) => ReactNode;
}

/** A list of those who may come in: made with a form, shown once, revoked. */
export function AccessSection<Item extends { readonly id: string }, Body, Created>(
  props: AccessSectionProps<Item, Body, Created>,
) {
  const { path } = props;
  const cache = useQueryClient();
  const list = useQuery({
    queryKey: [path],
    queryFn: ({ signal }) => apiGet<{ items: Item[] }>(path, {}, signal),
  });
  const onSuccess = () => cache.invalidateQueries({ queryKey: [path] });
  const create = useMutation({
    mutationFn: (body: Body) => apiSend<Created>('POST', path, body),
    onSuccess,
  });
  const revoke = useMutation({
    mutationFn: (id: string) => apiSend('DELETE', `${path}/${id}`),
    onSuccess,
  });
  const failure = create.error ?? revoke.error;
  return (
    <>
      {props.renderForm((body) => create.mutate(body), create.isPending)}
      {failure !== null && (
        <p role="alert" className="mb-3 text-rust">
          {messageOf(failure)}
        </p>
      )}
      {create.data !== undefined && props.renderOnce(create.data)}
      <SectionTable
        label={props.label}
        heads={props.heads}
        items={list.data?.items}
        error={list.error}
        empty={props.empty}
        onRetry={() => void list.refetch()}
        idOf={(item) => item.id}
        renderRow={(item) => props.renderRow(item, () => revoke.mutate(item.id))}
      />
    </>
  );
}
