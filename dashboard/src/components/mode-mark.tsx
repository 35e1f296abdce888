import type { Policy } from '@niitaka/protocol/policy.ts';
import { classNames } from './class-names.ts';
import { modeNames } from '../lib/policy-words/type-names.ts';

const shapes: Readonly<Record<Policy['mode'], string>> = {
  enforce: 'size-2 rounded-full bg-olive',
  shadow: 'size-2 rounded-full border-[1.5px] border-dashed border-muted',
  off: 'h-[1.5px] w-2 bg-faint',
};
const tones: Readonly<Record<Policy['mode'], string>> = {
  enforce: 'text-olive',
  shadow: 'text-text',
  off: 'text-muted',
};

/** A mode as shape and word. */
export function ModeMark({ mode }: { readonly mode: Policy['mode'] }) {
  return (
    <span className={classNames('inline-flex items-center gap-1.5 font-semibold', tones[mode])}>
      <span aria-hidden="true" className={classNames('inline-block shrink-0', shapes[mode])} />
      {modeNames[mode]}
    </span>
  );
}
