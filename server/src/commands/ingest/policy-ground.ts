import type { CommandContext } from '../command.ts';
import type { OrganisationPolicies } from '../policy-cache.ts';
import { openTotals, type TotalsOf } from './read-totals.ts';
import { openWarnings, type Warnings } from './warnings.ts';

/** What sessions of one group are asked about their policies by; whatever is read, is read once for the group. */
export interface PolicyGround {
  readonly policies: OrganisationPolicies;
  readonly warnings: Warnings;
  readonly totalsOf: TotalsOf;
}

/** The policies as they stand; nothing else is read yet. */
export async function openPolicyGround(
  context: CommandContext,
  orgId: string,
): Promise<PolicyGround> {
  return {
    policies: await context.policies.read(context.tx, orgId),
    warnings: openWarnings(context, orgId),
    totalsOf: openTotals(context, orgId),
  };
}
