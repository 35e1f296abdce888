import type { AgentVersion } from '@niitaka/protocol/agent.ts';
import type { SearchParams } from '../../../lib/url/search-params.ts';

/** The version that is shown, and the one it is set against. */
export interface VersionSearch {
  readonly shown: AgentVersion;
  readonly against: AgentVersion | null;
}

/** The versions a URL names; else the newest, against the active one (A3). */
export function readVersionSearch(
  search: SearchParams,
  items: readonly AgentVersion[],
): VersionSearch {
  const numbered = (text: string | undefined) =>
    items.find(({ number }) => String(number) === text);
  const active = items.find(({ state }) => state === 'active');
  const [newest] = items;
  if (newest === undefined) throw new Error('an agent without versions has none to show');
  const shown = numbered(search['version']) ?? newest;
  const against =
    search['against'] === 'none' ? null : (numbered(search['against']) ?? active ?? null);
  return { shown, against: against === shown ? null : against };
}
