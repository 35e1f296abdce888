import type { BrokenPolicy, Policy } from '@niitaka/core/policy/policy.ts';

const units = { session: 'session', tree: 'tree', day: 'day' } as const;

/** What is worth knowing beside the sentence of a policy (P1, P2, P4). */
export function policyNotes(policy: Policy | BrokenPolicy): string[] {
  const notes: string[] = [];
  if (policy.mode === 'shadow') notes.push('Shadow: what it decides is recorded, nothing is done.');
  if (policy.mode === 'off') notes.push('Off: it is not asked.');
  switch (policy.type) {
    case 'cost_limit':
      notes.push(...limitNotes(policy));
      notes.push('A call without a price counts $0 here: the decision then says it was blind.');
      break;
    case 'step_limit':
      notes.push(...limitNotes(policy));
      break;
    case 'retry':
      notes.push('Each wait is a random part of that time. Retries count per call.');
      notes.push('When they are used up, a fallback takes over if there is one.');
      break;
    case 'fallback':
      notes.push('A retry that matches goes first.');
      break;
    case 'broken':
      notes.push('It stands in every decision as an error, and acts in none.');
  }
  return notes;
}

function limitNotes({ action, scope }: Extract<Policy, { action: string }>): string[] {
  const notes: string[] = [];
  if (action === 'warn') notes.push(`It warns once per ${units[scope]}.`);
  if (scope === 'day') notes.push('A day begins at 00:00 UTC; each environment counts by itself.');
  return notes;
}
