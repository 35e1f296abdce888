import type { CommandContext } from '../command.ts';
import type { GroupWork } from './batch-work.ts';

/** Says what of senders' leases is in their trees' costs by now (P10). */
export async function chargeLeases(
  { tx }: CommandContext,
  { orgId, days, sessions }: GroupWork,
): Promise<void> {
  if (days.bySender.size === 0) return;
  const charges = [...days.bySender.values()].map(({ session, sender, costNanoUsd }) => ({
    rootSessionId: sessions.get(session.id)?.session.rootSessionId ?? session.rootSessionId,
    sender,
    costNanoUsd,
  }));
  await tx.chargeLeases(orgId, charges);
}
