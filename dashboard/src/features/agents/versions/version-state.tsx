import type { AgentVersion } from '@niitaka/protocol/agent.ts';
import { Tag, type Tone } from '../../../components/tag.tsx';

const tones: Readonly<Record<AgentVersion['state'], Tone>> = {
  draft: 'gold',
  active: 'accent',
  archived: 'neutral',
};

/** Where a version stands, in a word (A3). */
export function VersionState({ state }: { readonly state: AgentVersion['state'] }) {
  return <Tag tone={tones[state]}>{state}</Tag>;
}
