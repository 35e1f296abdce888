import type { ApiKey, CreatedKey, Scope } from '@niitaka/protocol/access.ts';
import { Tag } from '../../components/tag.tsx';
import { AccessCells } from './access-cells.tsx';
import { AccessForm } from './access-form.tsx';
import { AccessSection } from './access-section.tsx';
import { OnceShown } from './once-shown.tsx';
import { Cell } from './section-table.tsx';

const scopes = [
  { value: 'ingest', label: 'Ingest', does: 'Records sessions, reads nothing.' },
  { value: 'read', label: 'Read', does: 'Reads everything, changes nothing.' },
  { value: 'admin', label: 'Admin', does: 'Reads and changes everything, signs in.' },
] as const;

/** The keys of programs: made, shown once, revoked. */
export function KeysSection() {
  return (
    <AccessSection<ApiKey, { name: string; scopes: Scope[] }, CreatedKey>
      path="/keys"
      label="API keys"
      heads={['Name', 'Key', 'May', 'Made', 'Last used', '']}
      empty="No key yet"
      renderForm={(create, busy) => (
        <AccessForm<Scope>
          label="Name of the new key"
          placeholder="production agents"
          choiceLabel="What the key may do"
          choices={scopes}
          first="ingest"
          submit="Make a key"
          busy={busy}
          onSubmit={(name, scope) => create({ name, scopes: [scope] })}
        />
      )}
      renderOnce={(created) => (
        <OnceShown
          title={`The key “${created.name}”`}
          text={created.key}
          note="Copy it now: it is stored as a hash and never shown again."
        />
      )}
      renderRow={(key, revoke) => <KeyCells apiKey={key} onRevoke={revoke} />}
    />
  );
}

function KeyCells({
  apiKey,
  onRevoke,
}: {
  readonly apiKey: ApiKey;
  readonly onRevoke: () => void;
}) {
  return (
    <AccessCells
      access={apiKey}
      lastUsedAt={apiKey.last_used_at}
      never="never"
      question={`Revoke the key “${apiKey.name}”? Programs that use it stop recording at once.`}
      onRevoke={onRevoke}
    >
      <Cell>
        <code className="font-mono text-sm text-muted">{apiKey.prefix}…</code>
      </Cell>
      <Cell>
        <span className="flex gap-1">
          {apiKey.scopes.map((scope) => (
            <Tag key={scope} tone={scope === 'admin' ? 'gold' : 'neutral'}>
              {scope}
            </Tag>
          ))}
        </span>
      </Cell>
    </AccessCells>
  );
}
