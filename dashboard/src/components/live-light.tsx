import { classNames } from './class-names.ts';
import { useLiveState } from '../lib/live/use-live-state.ts';

const words: Readonly<Record<ReturnType<typeof useLiveState>, readonly [string, string, string]>> =
  {
    live: ['Live', 'Changes show at once', 'bg-accent-soft text-accent'],
    'catching-up': [
      'Catching up',
      'The stream was cut; what was missed is being read',
      'bg-gold-soft text-gold',
    ],
    polling: [
      'Polling',
      'The stream cannot be had; the page reads every 5 s',
      'bg-gold-soft text-gold',
    ],
    'no-connection': [
      'No connection',
      'The server does not answer; the page goes on by itself once it does',
      'bg-rust-soft text-rust',
    ],
  };

/** How fresh the page is, as a small light with its word. */
export function LiveLight() {
  const state = useLiveState();
  const [word, why, look] = words[state];
  return (
    <span
      title={why}
      className={classNames(
        'flex h-[22px] items-center gap-1.5 rounded-full px-2 text-sm font-semibold',
        look,
      )}
    >
      <span
        aria-hidden="true"
        className={classNames(
          'size-1.5 bg-current',
          state === 'live' ? 'rounded-full' : 'rounded-[1px]',
        )}
      />
      {word}
    </span>
  );
}
