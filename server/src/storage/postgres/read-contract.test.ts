import { describe } from 'vitest';
import { openPostgresStore } from '../../testing/open-postgres-store.ts';
import { agentFiguresContract } from '../contract/agent-figures.ts';
import { agentContract } from '../contract/agents.ts';
import { deletionContract } from '../contract/deletions.ts';
import { eventReadContract } from '../contract/event-reads.ts';
import { manySessionsContract } from '../contract/many-sessions.ts';
import { outcomeReadContract } from '../contract/outcome-reads.ts';
import { replayReadContract } from '../contract/replay-reads.ts';
import { retentionContract } from '../contract/retention.ts';
import { readMarkContract } from '../contract/read-marks.ts';
import { sessionReadContract } from '../contract/session-reads.ts';
import { verifyDatabase } from './verify.ts';

describe('PostgreSQL', () => {
  sessionReadContract(openPostgresStore);
  eventReadContract(openPostgresStore);
  outcomeReadContract(openPostgresStore);
  deletionContract(openPostgresStore);
  manySessionsContract(openPostgresStore);
  agentContract(openPostgresStore);
  replayReadContract(openPostgresStore);
  retentionContract(async (nowMs, orgIds) => {
    const store = await openPostgresStore(nowMs, orgIds);
    return Object.assign(store, { verify: () => verifyDatabase(store.database.url) });
  });
  agentFiguresContract(openPostgresStore);
  readMarkContract(openPostgresStore);
});
