import type { AgentVersion } from '@niitaka/protocol/agent.ts';
import { Link } from '@tanstack/react-router';
import { TimeAgo } from '../../../components/time-text.tsx';
import { VersionState } from './version-state.tsx';

export interface VersionListProps {
  readonly items: readonly AgentVersion[];
  readonly shown: number;
}

/** The versions, newest first; the one that is shown beside them is marked. */
export function VersionList({ items, shown }: VersionListProps) {
  return (
    <ol
      aria-label="Versions"
      className="divide-y divide-line2 overflow-hidden rounded-lg border border-line bg-surface"
    >
      {items.map((version) => {
        const isShown = version.number === shown;
        return (
          <li key={version.number}>
            <Link
              to="."
              search={(old) => ({
                ...old,
                version: String(version.number),
                against: undefined,
                show: undefined,
              })}
              replace
              resetScroll={false}
              data-row
              aria-current={isShown ? 'true' : undefined}
              className={`block px-3 py-2 outline-offset-[-2px] ${isShown ? 'bg-sel' : 'hover:bg-row'}`}
            >
              <span className="flex items-center gap-2">
                <span className="font-semibold">Version {version.number}</span>
                <VersionState state={version.state} />
                <span className="flex-1" />
                <span className="text-sm text-muted">
                  <TimeAgo at={version.activated_at ?? version.created_at} />
                </span>
              </span>
              <span className="block truncate text-sm text-muted">
                {version.model ?? 'no model set'} · {version.author}
              </span>
            </Link>
          </li>
        );
      })}
    </ol>
  );
}
