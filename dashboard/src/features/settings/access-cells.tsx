import type { ReactNode } from 'react';
import { TimeAgo } from '../../components/time-text.tsx';
import { ConfirmButton } from './confirm-button.tsx';
import { Cell } from './section-table.tsx';

export interface AccessCellsProps {
  readonly access: {
    readonly name: string;
    readonly created_at: string;
    readonly revoked_at: string | null;
  };
  /** What stands between the name and the times. */
  readonly children: ReactNode;
  readonly lastUsedAt: string | null;
  readonly never: string;
  readonly question: string;
  readonly onRevoke: () => void;
}

/** The cells of one who may come in: name, what it may, since when, last use, and the way to revoke it. */
export function AccessCells(props: AccessCellsProps) {
  const { name, created_at, revoked_at } = props.access;
  return (
    <>
      <Cell>
        <span className={revoked_at === null ? 'font-medium' : 'text-faint line-through'}>
          {name}
        </span>
      </Cell>
      {props.children}
      <Cell>
        <TimeAgo at={created_at} />
      </Cell>
      <Cell>
        {props.lastUsedAt === null ? (
          <span className="text-faint">{props.never}</span>
        ) : (
          <TimeAgo at={props.lastUsedAt} />
        )}
      </Cell>
      <Cell>
        {revoked_at === null ? (
          <ConfirmButton text="Revoke" question={props.question} onConfirm={props.onRevoke} />
        ) : (
          <span className="text-muted">revoked</span>
        )}
      </Cell>
    </>
  );
}
