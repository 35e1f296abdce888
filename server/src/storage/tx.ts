import type { AccessTx } from './access-tx.ts';
import type { AgentTx } from './agent-tx.ts';
import type { BudgetTx } from './budget-tx.ts';
import type { ModelTx, PolicyTx } from './policy-tx.ts';
import type { ReadMarkTx } from './read-mark-tx.ts';
import type { SessionTx } from './session-tx.ts';

/** Everything a command may do to storage, within one transaction. */
export type Tx = SessionTx & AccessTx & ReadMarkTx & AgentTx & PolicyTx & ModelTx & BudgetTx;
