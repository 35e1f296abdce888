import { useNavigate } from '@tanstack/react-router';
import { CircleUserRound, Keyboard, LogOut, Settings } from 'lucide-react';
import { Menu, MenuChoice, MenuItem, MenuLine } from '../../components/menu.tsx';
import { showToast } from '../../components/toasts.tsx';
import { messageOf } from '../../components/error-state.tsx';
import { apiSend } from '../../lib/api/api-fetch.ts';
import { useIdentity } from '../../lib/api/use-identity.ts';
import { closeHub } from '../../lib/live/current-hub.ts';
import { setTheme, useTheme, type Theme } from '../../lib/theme.ts';
import { useNarrow } from '../../lib/use-media.ts';
import { queryClient } from '../query-client.ts';

const icon = { size: 15, strokeWidth: 1.6, 'aria-hidden': true } as const;
const themes: readonly { readonly value: Theme; readonly label: string }[] = [
  { value: 'system', label: 'Theme of the system' },
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
];

export interface AccountMenuProps {
  readonly onHelp: () => void;
  readonly itemClass: string;
}

/** Who is signed in, the theme, the key list, and the way out. */
export function AccountMenu({ onHelp, itemClass }: AccountMenuProps) {
  const identity = useIdentity();
  const theme = useTheme();
  const narrow = useNarrow();
  const navigate = useNavigate();
  const signOut = async () => {
    try {
      await apiSend('DELETE', '/session');
      closeHub();
      queryClient.clear();
      await navigate({ to: '/sign-in' });
    } catch (error) {
      showToast(messageOf(error), 'error');
    }
  };
  const name = identity?.person?.name ?? identity?.organisation.name ?? 'Account';
  return (
    <Menu
      align="start"
      trigger={
        <button type="button" className={itemClass}>
          <CircleUserRound {...icon} />
          <span className="truncate">
            <span className="max-sm:hidden">{name}</span>
            <span className="sm:hidden">Account</span>
          </span>
        </button>
      }
    >
      <MenuChoice value={theme} items={themes} onChange={(next) => setTheme(next as Theme)} />
      <MenuLine />
      {narrow && (
        <MenuItem onSelect={() => void navigate({ to: '/settings/{-$section}' })}>
          <Settings {...icon} /> Settings
        </MenuItem>
      )}
      <MenuItem onSelect={onHelp}>
        <Keyboard {...icon} /> Keys
      </MenuItem>
      <MenuItem onSelect={() => void signOut()}>
        <LogOut {...icon} /> Sign out
      </MenuItem>
    </Menu>
  );
}
