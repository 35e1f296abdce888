import { Link } from '@tanstack/react-router';
import { Activity, Bot, ListTree, Search, Settings, Shield } from 'lucide-react';
import { Logo } from '../../components/logo.tsx';
import { AccountMenu } from './account-menu.tsx';
import { EnvironmentSwitch } from './environment-switch.tsx';
import { UnreadBadge } from './unread-badge.tsx';

const icon = { size: 15, strokeWidth: 1.6, 'aria-hidden': true } as const;
const itemClass =
  'flex h-8 items-center gap-2.5 rounded-md border border-transparent px-2.5 font-medium text-muted transition-colors hover:text-text max-sm:h-full max-sm:min-w-0 max-sm:flex-1 max-sm:flex-col max-sm:justify-center max-sm:gap-0.5 max-sm:px-0 max-sm:text-xs';
const activeProps = {
  className:
    'bg-surface !border-line font-semibold !text-text sm:shadow-[0_1px_2px_rgb(0_0_0/4%)] max-sm:!border-transparent',
};

export interface RailProps {
  readonly onPalette: () => void;
  readonly onHelp: () => void;
}

/** The pages, down the left side; on a narrow screen along the lower edge. */
export function Rail({ onPalette, onHelp }: RailProps) {
  return (
    <nav
      aria-label="Pages"
      className="flex w-53 shrink-0 flex-col gap-0.5 border-r border-line px-2.5 pt-3.5 pb-3 max-sm:h-14 max-sm:w-full max-sm:flex-row max-sm:items-stretch max-sm:gap-0 max-sm:border-t max-sm:border-r-0 max-sm:p-1"
    >
      <Link to="/sessions" className="mb-3.5 flex items-center gap-2 rounded-md px-2 max-sm:hidden">
        <Logo />
        <span className="text-title">Niitaka</span>
      </Link>
      <EnvironmentSwitch />
      <Link to="/sessions" className={itemClass} activeProps={activeProps}>
        <ListTree {...icon} />
        Sessions
      </Link>
      <Link to="/agents" className={itemClass} activeProps={activeProps}>
        <Bot {...icon} />
        Agents
      </Link>
      <Link to="/signals" className={`${itemClass} relative`} activeProps={activeProps}>
        <Activity {...icon} />
        <span className="flex-1 max-sm:flex-none">Signals</span>
        <UnreadBadge />
      </Link>
      <Link to="/policies" className={itemClass} activeProps={activeProps}>
        <Shield {...icon} />
        Policies
      </Link>
      <div className="flex-1 max-sm:hidden" />
      <button type="button" onClick={onPalette} className={itemClass}>
        <Search {...icon} />
        <span className="flex-1 text-left max-sm:flex-none">
          <span className="max-sm:hidden">Find anything</span>
          <span className="sm:hidden">Find</span>
        </span>
        <kbd className="rounded-sm border border-line px-1 font-sans text-xs text-faint max-sm:hidden">
          {isMac() ? '⌘K' : 'Ctrl K'}
        </kbd>
      </button>
      <Link
        to="/settings/{-$section}"
        className={`${itemClass} max-sm:hidden`}
        activeProps={activeProps}
      >
        <Settings {...icon} />
        Settings
      </Link>
      <AccountMenu onHelp={onHelp} itemClass={itemClass} />
    </nav>
  );
}

function isMac(): boolean {
  return navigator.userAgent.includes('Mac');
}
