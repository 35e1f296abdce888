import type { InvitedPerson, Person } from '@niitaka/protocol/access.ts';
import { Tag } from '../../components/tag.tsx';
import { formatClock } from '../../lib/format-time.ts';
import { AccessCells } from './access-cells.tsx';
import { AccessForm } from './access-form.tsx';
import { AccessSection } from './access-section.tsx';
import { OnceShown } from './once-shown.tsx';
import { Cell } from './section-table.tsx';

type Role = Person['role'];

const roles = [
  { value: 'read', label: 'Read', does: 'Sees everything, changes nothing.' },
  { value: 'admin', label: 'Admin', does: 'Sees and changes everything.' },
] as const;

/** Those who sign in: invited by a link, with a role, revoked. */
export function PeopleSection() {
  return (
    <AccessSection<Person, { name: string; role: Role }, InvitedPerson>
      path="/people"
      label="People"
      heads={['Name', 'Role', 'Invited', 'Last here', '']}
      empty="Nobody was invited yet"
      renderForm={(create, busy) => (
        <AccessForm<Role>
          label="Whom to invite"
          placeholder="Name"
          choiceLabel="Role"
          choices={roles}
          first="read"
          submit="Make a link"
          busy={busy}
          onSubmit={(name, role) => create({ name, role })}
        />
      )}
      renderOnce={(invited) => (
        <OnceShown
          title={`The link for ${invited.name}`}
          text={invited.link}
          note={`It signs in once, until ${formatClock(Date.parse(invited.link_expires_at))}. Send it to nobody else.`}
        />
      )}
      renderRow={(person, revoke) => (
        <AccessCells
          access={person}
          lastUsedAt={person.last_seen_at}
          never="not yet"
          question={`Revoke ${person.name}? Their browsers are signed out at once.`}
          onRevoke={revoke}
        >
          <Cell>
            <Tag tone={person.role === 'admin' ? 'gold' : 'neutral'}>{person.role}</Tag>
          </Cell>
        </AccessCells>
      )}
    />
  );
}
