import type { AgentVersion } from '@niitaka/protocol/agent.ts';
import { ChevronDown } from 'lucide-react';
import { Button } from '../../../components/button.tsx';
import { Menu, MenuChoice } from '../../../components/menu.tsx';
import { TimeAgo } from '../../../components/time-text.tsx';
import type { SearchParams } from '../../../lib/url/search-params.ts';
import { VersionDiff } from './version-diff.tsx';
import { VersionState } from './version-state.tsx';
import { VersionText } from './version-text.tsx';

export interface VersionDetailProps {
  readonly items: readonly AgentVersion[];
  readonly version: AgentVersion;
  /** The version it is set against; null shows it alone. */
  readonly against: AgentVersion | null;
  readonly mayChange: boolean;
  readonly onChange: (change: SearchParams) => void;
}

/** One version, set against another, and what can be done with it (A3). */
export function VersionDetail(props: VersionDetailProps) {
  const { version, against, mayChange, onChange } = props;
  const { number, state } = version;
  return (
    <section
      aria-label={`Version ${number}`}
      className="min-w-0 rounded-lg border border-line bg-surface px-4 py-3"
    >
      <div className="mb-3 flex flex-wrap items-center gap-2">
        <h2 className="font-semibold">Version {number}</h2>
        <VersionState state={state} />
        <span className="text-sm text-muted">
          by {version.author}, made <TimeAgo at={version.created_at} />
          {version.activated_at !== null && (
            <>
              , last activated <TimeAgo at={version.activated_at} />
            </>
          )}
        </span>
        <span className="flex-1" />
        <AgainstMenu {...props} />
        {mayChange && state === 'draft' && (
          <Button onClick={() => onChange({ version: String(number), show: 'edit' })}>Edit</Button>
        )}
        {mayChange && state !== 'active' && (
          <Button
            look={state === 'draft' ? 'primary' : 'plain'}
            onClick={() => onChange({ version: String(number), show: 'activate' })}
          >
            {state === 'draft' ? 'Activate' : 'Roll back to it'}
          </Button>
        )}
      </div>
      {against === null ? (
        <VersionText version={version} />
      ) : (
        <VersionDiff before={against} after={version} />
      )}
    </section>
  );
}

function AgainstMenu({ items, version, against, onChange }: VersionDetailProps) {
  const others = items.filter(({ number }) => number !== version.number);
  if (others.length === 0) return null;
  const choices = [
    { value: 'none', label: 'nothing' },
    ...others.map(({ number, state }) => ({
      value: String(number),
      label: (
        <>
          version {number} <VersionState state={state} />
        </>
      ),
    })),
  ];
  return (
    <Menu
      trigger={
        <Button look="ghost">
          Against {against === null ? 'nothing' : `version ${against.number}`}
          <ChevronDown size={13} strokeWidth={1.8} aria-hidden="true" />
        </Button>
      }
    >
      <MenuChoice
        value={String(against?.number ?? 'none')}
        items={choices}
        onChange={(value) => onChange({ against: value })}
      />
    </Menu>
  );
}
