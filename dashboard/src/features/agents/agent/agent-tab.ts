import type { Query } from '../../../lib/api/api-fetch.ts';

/** What a tab of an agent's page is given. */
export interface AgentTabProps {
  readonly agentId: string;
  /** Names the range and environment. */
  readonly queryKey: string;
  /** The range and environment as of the moment of reading. */
  readonly queryNow: () => Query;
}
