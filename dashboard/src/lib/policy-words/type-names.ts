import type { PolicyMode, PolicyScope, PolicyType } from '@niitaka/core/policy/policy.ts';

/** What the pages call the types of policies. */
export const typeNames: Readonly<Record<PolicyType, string>> = {
  cost_limit: 'Cost limit',
  step_limit: 'Step limit',
  retry: 'Retry',
  fallback: 'Fallback',
};

/** What the pages call the modes. */
export const modeNames: Readonly<Record<PolicyMode, string>> = {
  enforce: 'Enforce',
  shadow: 'Shadow',
  off: 'Off',
};

/** Which total a limit looks at, in a few words. */
export const scopeWords: Readonly<Record<PolicyScope, string>> = {
  session: 'of the session',
  tree: 'of its tree',
  day: 'of the day',
};

/** What the pages call the totals a limit looks at. */
export const scopeNames: Readonly<Record<PolicyScope, string>> = {
  session: 'Session',
  tree: 'Tree',
  day: 'Day',
};
