import type { InvitedPerson, Person } from '@niitaka/protocol/access.ts';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { Button } from '../../components/button.tsx';
import { messageOf } from '../../components/error-state.tsx';
import { Field, TextInput } from '../../components/field.tsx';
import { Segments } from '../../components/segments.tsx';
import { Tag } from '../../components/tag.tsx';
import { TimeAgo } from '../../components/time-text.tsx';
import { apiGet, apiSend } from '../../lib/api/api-fetch.ts';
import { formatClock } from '../../lib/format-time.ts';
import { ConfirmButton } from './confirm-button.tsx';
import { OnceShown } from './once-shown.tsx';
import { Cell, SectionTable } from './section-table.tsx';

type Role = Person['role'];

const roles = [
  { value: 'read', label: 'Read' },
  { value: 'admin', label: 'Admin' },
] as const;

/** Those who sign in: invited by a link, with a role, revoked. */
export function PeopleSection() {
  const cache = useQueryClient();
  const people = useQuery({
    queryKey: ['people'],
    queryFn: ({ signal }) => apiGet<{ items: Person[] }>('/people', {}, signal),
  });
  const again = () => cache.invalidateQueries({ queryKey: ['people'] });
  const invite = useMutation({
    mutationFn: (body: { name: string; role: Role }) =>
      apiSend<InvitedPerson>('POST', '/people', body),
    onSuccess: again,
  });
  const revoke = useMutation({
    mutationFn: (id: string) => apiSend('DELETE', `/people/${id}`),
    onSuccess: again,
  });
  const failure = invite.error ?? revoke.error;
  return (
    <>
      <Invite busy={invite.isPending} onInvite={(body) => invite.mutate(body)} />
      {failure !== null && (
        <p role="alert" className="mb-3 text-rust">
          {messageOf(failure)}
        </p>
      )}
      {invite.data !== undefined && (
        <OnceShown
          title={`The link for ${invite.data.name}`}
          text={invite.data.link}
          note={`It signs in once, until ${formatClock(Date.parse(invite.data.link_expires_at))}. Send it to nobody else.`}
        />
      )}
      <SectionTable
        label="People"
        heads={['Name', 'Role', 'Invited', 'Last here', '']}
        items={people.data?.items}
        error={people.error}
        empty="Nobody was invited yet"
        onRetry={() => void people.refetch()}
        idOf={(person) => person.id}
        renderRow={(person) => (
          <PersonCells person={person} onRevoke={() => revoke.mutate(person.id)} />
        )}
      />
    </>
  );
}

function PersonCells(props: { readonly person: Person; readonly onRevoke: () => void }) {
  const { name, role, created_at, last_seen_at, revoked_at } = props.person;
  return (
    <>
      <Cell>
        <span className={revoked_at === null ? 'font-medium' : 'text-faint line-through'}>
          {name}
        </span>
      </Cell>
      <Cell>
        <Tag tone={role === 'admin' ? 'gold' : 'neutral'}>{role}</Tag>
      </Cell>
      <Cell>
        <TimeAgo at={created_at} />
      </Cell>
      <Cell>
        {last_seen_at === null ? (
          <span className="text-faint">not yet</span>
        ) : (
          <TimeAgo at={last_seen_at} />
        )}
      </Cell>
      <Cell>
        {revoked_at === null ? (
          <ConfirmButton
            text="Revoke"
            question={`Revoke ${name}? Their browsers are signed out at once.`}
            onConfirm={props.onRevoke}
          />
        ) : (
          <span className="text-muted">revoked</span>
        )}
      </Cell>
    </>
  );
}

function Invite(props: {
  readonly busy: boolean;
  readonly onInvite: (body: { name: string; role: Role }) => void;
}) {
  const [role, setRole] = useState<Role>('read');
  const onSubmit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const name = String(new FormData(event.currentTarget).get('name') ?? '').trim();
    if (name === '') return;
    event.currentTarget.reset();
    props.onInvite({ name, role });
  };
  return (
    <form onSubmit={onSubmit} className="mb-4 flex flex-wrap items-end gap-3">
      <div className="w-56 max-sm:w-full">
        <Field label="Whom to invite">
          <TextInput name="name" required maxLength={100} placeholder="Name" />
        </Field>
      </div>
      <Segments label="Role" value={role} items={roles} onChange={setRole} />
      <span className="flex-1" />
      <Button type="submit" look="primary" disabled={props.busy}>
        Make a link
      </Button>
    </form>
  );
}
