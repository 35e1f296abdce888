import type { ApiKey, CreatedKey, Scope } from '@niitaka/protocol/access.ts';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { Button } from '../../components/button.tsx';
import { messageOf } from '../../components/error-state.tsx';
import { Field, TextInput } from '../../components/field.tsx';
import { Segments } from '../../components/segments.tsx';
import { Tag } from '../../components/tag.tsx';
import { TimeAgo } from '../../components/time-text.tsx';
import { apiGet, apiSend } from '../../lib/api/api-fetch.ts';
import { ConfirmButton } from './confirm-button.tsx';
import { OnceShown } from './once-shown.tsx';
import { Cell, SectionTable } from './section-table.tsx';

const scopes = [
  { value: 'ingest', label: 'Ingest', does: 'Records sessions, reads nothing.' },
  { value: 'read', label: 'Read', does: 'Reads everything, changes nothing.' },
  { value: 'admin', label: 'Admin', does: 'Reads and changes everything, signs in.' },
] as const;

/** The keys of programs: made, shown once, revoked. */
export function KeysSection() {
  const cache = useQueryClient();
  const keys = useQuery({
    queryKey: ['keys'],
    queryFn: ({ signal }) => apiGet<{ items: ApiKey[] }>('/keys', {}, signal),
  });
  const again = () => cache.invalidateQueries({ queryKey: ['keys'] });
  const create = useMutation({
    mutationFn: (body: { name: string; scopes: Scope[] }) =>
      apiSend<CreatedKey>('POST', '/keys', body),
    onSuccess: again,
  });
  const revoke = useMutation({
    mutationFn: (id: string) => apiSend('DELETE', `/keys/${id}`),
    onSuccess: again,
  });
  const failure = create.error ?? revoke.error;
  return (
    <>
      <NewKey busy={create.isPending} onCreate={(body) => create.mutate(body)} />
      {failure !== null && (
        <p role="alert" className="mb-3 text-rust">
          {messageOf(failure)}
        </p>
      )}
      {create.data !== undefined && (
        <OnceShown
          title={`The key “${create.data.name}”`}
          text={create.data.key}
          note="Copy it now: it is stored as a hash and never shown again."
        />
      )}
      <SectionTable
        label="API keys"
        heads={['Name', 'Key', 'May', 'Made', 'Last used', '']}
        items={keys.data?.items}
        error={keys.error}
        empty="No key yet"
        onRetry={() => void keys.refetch()}
        idOf={(key) => key.id}
        renderRow={(key) => <KeyCells apiKey={key} onRevoke={() => revoke.mutate(key.id)} />}
      />
    </>
  );
}

function KeyCells(props: { readonly apiKey: ApiKey; readonly onRevoke: () => void }) {
  const { name, prefix, scopes: granted, created_at, last_used_at, revoked_at } = props.apiKey;
  return (
    <>
      <Cell>
        <span className={revoked_at === null ? 'font-medium' : 'text-faint line-through'}>
          {name}
        </span>
      </Cell>
      <Cell>
        <code className="font-mono text-sm text-muted">{prefix}…</code>
      </Cell>
      <Cell>
        <span className="flex gap-1">
          {granted.map((scope) => (
            <Tag key={scope} tone={scope === 'admin' ? 'gold' : 'neutral'}>
              {scope}
            </Tag>
          ))}
        </span>
      </Cell>
      <Cell>
        <TimeAgo at={created_at} />
      </Cell>
      <Cell>
        {last_used_at === null ? (
          <span className="text-faint">never</span>
        ) : (
          <TimeAgo at={last_used_at} />
        )}
      </Cell>
      <Cell>
        {revoked_at === null ? (
          <ConfirmButton
            text="Revoke"
            question={`Revoke the key “${name}”? Programs that use it stop recording at once.`}
            onConfirm={props.onRevoke}
          />
        ) : (
          <span className="text-muted">revoked</span>
        )}
      </Cell>
    </>
  );
}

function NewKey(props: {
  readonly busy: boolean;
  readonly onCreate: (body: { name: string; scopes: Scope[] }) => void;
}) {
  const [scope, setScope] = useState<Scope>('ingest');
  const onSubmit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const name = String(new FormData(event.currentTarget).get('name') ?? '').trim();
    if (name === '') return;
    event.currentTarget.reset();
    props.onCreate({ name, scopes: [scope] });
  };
  return (
    <form onSubmit={onSubmit} className="mb-4 flex flex-wrap items-end gap-3">
      <div className="w-56 max-sm:w-full">
        <Field label="Name of the new key">
          <TextInput name="name" required maxLength={100} placeholder="production agents" />
        </Field>
      </div>
      <Segments label="What the key may do" value={scope} items={scopes} onChange={setScope} />
      <span className="flex h-[30px] flex-1 items-center text-muted">
        {scopes.find((one) => one.value === scope)?.does}
      </span>
      <Button type="submit" look="primary" disabled={props.busy}>
        Make a key
      </Button>
    </form>
  );
}
