import type { Session, SessionIdentity } from './session.ts';

/** What a start says that must be equal for it to be the same start (S8). */
export type StartIdentity = Pick<
  SessionIdentity,
  'agentId' | 'goal' | 'environment' | 'experimentId' | 'variant'
> & { readonly parentSessionId: string | null };

/** The wire name of the first field in which a second start differs; null when it is the same start (S8). */
export function differingStartField(stored: Session, start: StartIdentity): string | null {
  if (stored.agentId !== start.agentId) return 'agent_id';
  if (stored.goal !== start.goal) return 'goal';
  if (stored.environment !== start.environment) return 'environment';
  // A refused link is stored as none: the same child says the same again.
  const parentDiffers = stored.parentSessionId !== start.parentSessionId;
  if (parentDiffers && stored.parentRefused === null) return 'parent_session_id';
  if (stored.experimentId !== start.experimentId) return 'experiment_id';
  if (stored.variant !== start.variant) return 'variant';
  return null;
}
