import { success } from '@niitaka/core/result.ts';
import type { Command } from './command.ts';
import { writeAudit, type Acting } from './write-audit.ts';

export interface MarkSignalsRead extends Acting {
  readonly personId: string;
  readonly untilMs: number;
}

/** Notes until when a person has read the feed; a mark never goes back, nor beyond the present (G2). */
export const markSignalsRead: Command<MarkSignalsRead, null> = async (context, args) => {
  const { orgId, personId } = args;
  const untilMs = Math.min(args.untilMs, context.nowMs);
  if (await context.tx.markSignalsRead(orgId, personId, untilMs)) {
    const after = { until: new Date(untilMs).toISOString() };
    await writeAudit(context, args, { action: 'mark-signals-read', target: personId, after });
  }
  return success(null);
};
