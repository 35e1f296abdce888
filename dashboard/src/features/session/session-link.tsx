import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { withDrawer } from '../../lib/url/drawer-search.ts';
import { useSessionPlace } from './session-place.ts';

export interface SessionLinkProps {
  readonly sessionId: string;
  readonly className?: string;
  readonly title?: string;
  readonly children: ReactNode;
}

/** A link to another session, opened where this one is: in the drawer, or as a page. */
export function SessionLink({ sessionId, children, ...rest }: SessionLinkProps) {
  const place = useSessionPlace();
  if (place === 'page') {
    return (
      <Link to="/sessions/$sessionId" params={{ sessionId }} search={{}} {...rest}>
        {children}
      </Link>
    );
  }
  return (
    <Link to="/sessions" search={(old) => withDrawer(old, sessionId)} {...rest}>
      {children}
    </Link>
  );
}
