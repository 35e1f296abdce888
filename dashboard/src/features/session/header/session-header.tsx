import type { SessionDetail } from '@niitaka/protocol/session.ts';
import { Link } from '@tanstack/react-router';
import { Maximize2, X } from 'lucide-react';
import { buttonClass } from '../../../components/button.tsx';
import { classNames } from '../../../components/class-names.ts';
import { CopyButton } from '../../../components/copy-button.tsx';
import { IconButton } from '../../../components/icon-button.tsx';
import { StatusLabel } from '../../../components/status-dot.tsx';
import { TimeAgo, TimeClock } from '../../../components/time-text.tsx';
import { formatNoun } from '../../../lib/format-count.ts';
import { lifeText } from '../../../lib/session-life.ts';
import { useNowText } from '../../../lib/use-now.ts';
import { SessionLink } from '../session-link.tsx';
import { useSessionPlace } from '../session-place.ts';
import { ControlLog } from '../control/control-log.tsx';
import { ControlMenu } from '../control/control-menu.tsx';
import { DeliveryButton } from './delivery-button.tsx';
import { HeaderTags } from './header-tags.tsx';
import { RawButton } from './raw-button.tsx';
import { SessionFigures } from './session-figures.tsx';

export interface SessionHeaderProps {
  readonly session: SessionDetail;
  readonly onClose: () => void;
}

/** What a session is and where it stands, at a glance. */
export function SessionHeader({ session, onClose }: SessionHeaderProps) {
  const place = useSessionPlace();
  return (
    <header className="shrink-0 px-5 pt-3.5 max-sm:px-4">
      <div className="flex items-center gap-2">
        <div className="flex min-w-0 flex-1 flex-wrap items-center gap-x-2.5 gap-y-1">
          <StatusLabel status={session.status} quiet={session.quiet} />
          <HeaderTags session={session} />
          <Origin session={session} />
        </div>
        <ControlMenu session={session} />
        <RawButton session={session} />
        {place === 'drawer' && (
          <Link
            to="/sessions/$sessionId"
            params={{ sessionId: session.id }}
            search={({ tab, event, types, find, env }) => ({ tab, event, types, find, env })}
            className={classNames(buttonClass(), 'max-sm:hidden')}
          >
            <Maximize2 size={13} strokeWidth={1.8} aria-hidden="true" />
            Open page
          </Link>
        )}
        <IconButton
          label={place === 'drawer' ? 'Close' : 'Back to sessions'}
          icon={<X size={16} strokeWidth={1.6} aria-hidden="true" />}
          onClick={onClose}
        />
      </div>
      <h1 className="mt-1.5 line-clamp-3 text-title break-words" title={session.goal ?? undefined}>
        {session.goal ?? <span className="text-faint">No goal given</span>}
      </h1>
      <Facts session={session} />
      <Family session={session} />
      <ControlLog session={session} />
      <SessionFigures session={session} />
    </header>
  );
}

function Origin({ session }: { readonly session: SessionDetail }) {
  return (
    <span className="min-w-0 truncate text-muted">
      {session.agent_name ?? session.agent_id ?? 'no agent'}
      {session.agent_version !== null && (
        <span className="text-faint"> v{session.agent_version.replace(/^v/, '')}</span>
      )}{' '}
      · {session.environment}
    </span>
  );
}

function Facts({ session }: { readonly session: SessionDetail }) {
  const life = useNowText((now) => lifeText(session, now));
  return (
    <div className="mt-0.5 flex flex-wrap items-center gap-x-3 text-sm text-muted">
      <span className="flex items-center gap-0.5">
        <span className="font-mono" title={session.id}>
          {session.id.slice(0, 18)}
        </span>
        <CopyButton text={session.id} label="Copy id" />
      </span>
      <span>
        Started <TimeClock at={session.started_at} /> (<TimeAgo at={session.started_at} />)
      </span>
      <DeliveryButton session={session} />
      {life !== '' && (
        <span
          className={classNames(
            'font-medium',
            session.status === 'stale' ? 'text-gold' : 'text-accent',
          )}
        >
          {life}
        </span>
      )}
    </div>
  );
}

function Family({ session }: { readonly session: SessionDetail }) {
  const { parent } = session;
  if (parent === null && session.child_count === 0 && session.parent_refused === null) return null;
  return (
    <div className="flex min-w-0 flex-wrap gap-x-2 text-sm text-muted">
      {parent !== null && (
        <span className="flex min-w-0 gap-1">
          <span className="shrink-0">Child of</span>
          <SessionLink
            sessionId={parent.id}
            className="truncate font-medium text-accent hover:underline"
          >
            {parent.goal ?? parent.agent_id ?? parent.id}
          </SessionLink>
        </span>
      )}
      {session.child_count > 0 && (
        <span>
          {formatNoun(session.child_count, 'child', 'children')}
          {session.tree !== null &&
            `, ${formatNoun(session.tree.sessions, 'session')} in all, ${session.tree.running} running`}
        </span>
      )}
      {session.parent_refused !== null && (
        <span className="text-gold">Not linked to its parent: {session.parent_refused}</span>
      )}
    </div>
  );
}
