import { Tag, type Tone } from '../../../components/tag.tsx';

/** A row's type. */
export type RowType = 'llm' | 'tool' | 'decision' | 'error' | 'log' | 'session';

const tones: Readonly<Record<RowType, Tone>> = {
  llm: 'llm',
  tool: 'tool',
  decision: 'olive',
  error: 'rust',
  log: 'neutral',
  session: 'accent',
};

/** The type of an event or row, as a word in its colour. */
export function TypeTag({ type }: { readonly type: RowType }) {
  return <Tag tone={tones[type]}>{type}</Tag>;
}
