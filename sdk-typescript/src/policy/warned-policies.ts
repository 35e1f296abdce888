import type { Decision } from '@niitaka/core/policy/decision.ts';
import { utcDay } from './day-steps.ts';

/** The policies that have warned in a session, its tree or on this day: each does so once (P2). */
export interface WarnedPolicies {
  /** As of a moment: what was warned of here on an earlier day may be warned of again. */
  at(nowMs: number): ReadonlySet<string>;
  /** Takes over who has warned by the server's last word. */
  tell(ids: readonly string[]): void;
  /** A decision was made here, on what `at` answered last. */
  note(decision: Decision): void;
}

/** Nobody has warned yet. */
export function openWarnedPolicies(): WarnedPolicies {
  const here = new Set<string>();
  const today = new Set<string>();
  let told: readonly string[] = [];
  let all: ReadonlySet<string> = new Set();
  let day = 0;
  const join = () => void (all = new Set([...here, ...today, ...told]));
  return {
    at(nowMs) {
      const now = utcDay(nowMs);
      if (now !== day) {
        day = now;
        today.clear();
        join();
      }
      return all;
    },
    tell(ids) {
      if (ids.length === 0 && told.length === 0) return;
      told = ids;
      join();
    },
    note({ warnedNow, considered }) {
      if (warnedNow.length === 0) return;
      for (const { policy, result } of considered) {
        if (result !== 'matched' || !warnedNow.includes(policy.id)) continue;
        (policy.scope === 'day' ? today : here).add(policy.id);
      }
      join();
    },
  };
}
