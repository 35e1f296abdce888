import type { GiveCommand } from '@niitaka/protocol/control.ts';
import type { SessionDetail } from '@niitaka/protocol/session.ts';
import { useQuery } from '@tanstack/react-query';
import { ChevronDown } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../../../components/button.tsx';
import { messageOf } from '../../../components/error-state.tsx';
import { Menu, MenuItem, MenuLine } from '../../../components/menu.tsx';
import { useIdentity } from '../../../lib/api/use-identity.ts';
import { useNow } from '../../../lib/use-now.ts';
import { isPaused } from './command-text.ts';
import { ControlDialog, type AskedCommand } from './control-dialog.tsx';
import { commandsQuery, useGiveCommand } from './control-queries.ts';

/** What an operator can do with a session that is not done. */
export function ControlMenu({ session }: { readonly session: SessionDetail }) {
  const [asked, setAsked] = useState<AskedCommand | null>(null);
  const give = useGiveCommand(session.id);
  const commands = useQuery(commandsQuery(session.id)).data?.items ?? [];
  const paused = isPaused(commands, useNow());
  const mayControl = useIdentity()?.role === 'admin';
  if (session.status === 'done' || !mayControl) return null;
  const send = (body: GiveCommand) => give.mutate(body, { onSuccess: () => setAsked(null) });
  const open = (command: AskedCommand) => {
    give.reset();
    setAsked(command);
  };
  return (
    <>
      <Menu
        trigger={
          <Button>
            Control
            <ChevronDown size={13} strokeWidth={1.8} aria-hidden="true" />
          </Button>
        }
      >
        {paused ? (
          <MenuItem onSelect={() => open('resume')}>Resume…</MenuItem>
        ) : (
          <MenuItem onSelect={() => open('pause')}>Pause…</MenuItem>
        )}
        <MenuItem onSelect={() => open('limit')}>Lower the limit…</MenuItem>
        <MenuItem onSelect={() => open('model')}>Use another model…</MenuItem>
        <MenuLine />
        <MenuItem danger onSelect={() => open('abort')}>
          Abort…
        </MenuItem>
        <MenuItem danger onSelect={() => open('end')}>
          End without the agent…
        </MenuItem>
      </Menu>
      {asked !== null && (
        <ControlDialog
          asked={asked}
          session={session}
          busy={give.isPending}
          problem={give.error === null ? null : messageOf(give.error)}
          onGive={send}
          onClose={() => setAsked(null)}
        />
      )}
    </>
  );
}
