import type { SessionCommand } from '@niitaka/protocol/control.ts';
import type { SessionDetail } from '@niitaka/protocol/session.ts';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { classNames } from '../../../components/class-names.ts';
import { TimeAgo } from '../../../components/time-text.tsx';
import { formatNoun } from '../../../lib/format-count.ts';
import { useNow } from '../../../lib/use-now.ts';
import { commandProgress, commandTitle, type CommandProgress } from './command-text.ts';
import { commandsQuery } from './control-queries.ts';

/** Commands shown before the rest is asked for. */
const shownAtFirst = 2;

const tones: Readonly<Record<CommandProgress['state'], string>> = {
  asked: 'text-muted',
  delivered: 'text-muted',
  obeyed: 'text-accent',
  refused: 'text-gold',
  overdue: 'font-medium text-rust',
};

/** What operators asked of this session, newest first, and how far each has come. */
export function ControlLog({ session }: { readonly session: SessionDetail }) {
  const [all, setAll] = useState(false);
  const commands = useQuery(commandsQuery(session.id)).data?.items ?? [];
  if (commands.length === 0) return null;
  const shown = all ? commands : commands.slice(0, shownAtFirst);
  return (
    <section aria-label="Control" className="mt-1.5 text-sm">
      <ul aria-live="polite">
        {shown.map((command) => (
          <CommandLine key={command.id} command={command} />
        ))}
      </ul>
      {commands.length > shown.length && (
        <button
          type="button"
          className="rounded-sm text-accent hover:underline"
          onClick={() => setAll(true)}
        >
          {formatNoun(commands.length - shown.length, 'earlier command')}
        </button>
      )}
    </section>
  );
}

function CommandLine({ command }: { readonly command: SessionCommand }) {
  const { state, text } = commandProgress(command, useNow());
  return (
    <li className="flex min-w-0 flex-wrap gap-x-2">
      <span className="min-w-0 truncate font-medium">{commandTitle(command)}</span>
      <span className={classNames('whitespace-nowrap', tones[state])}>{text}</span>
      <span className="truncate text-faint">
        {command.requested_by}, <TimeAgo at={command.requested_at} />
      </span>
    </li>
  );
}
