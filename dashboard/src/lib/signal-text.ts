import type { Signal } from '@niitaka/protocol/signal.ts';
import type { Tone } from '../components/tag.tsx';

/** The types a feed is filtered by, in the words of the page (G1). */
export const signalTypes = [
  ['guardrail', 'Guardrail'],
  ['control', 'Control'],
  ['policy', 'Policy'],
  ['alert', 'Alert'],
] as const;

/** The subtype that says of a guardrail or control signal beside it that a policy acted. */
export const repeatingSubtype = 'policy_triggered';

/** What a signal says, as a sentence; where it has no message, what kind of signal it is. */
export function signalText(signal: Pick<Signal, 'message' | 'subtype'>): string {
  const text = signal.message.trim() === '' ? subtypeText(signal) : signal.message;
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** A subtype in words: "step limit". */
export function subtypeText({ subtype }: Pick<Signal, 'subtype'>): string {
  return subtype.replaceAll('_', ' ');
}

/** The colour of an action's tag; the word stands in it. */
export function actionTone(action: string): Tone {
  if (action === 'abort') return 'rust';
  return action === 'warn' ? 'gold' : 'neutral';
}
