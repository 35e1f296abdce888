import { addOrganisation, openStore } from '../../testing/open-store.ts';
import { agentFiguresContract } from '../contract/agent-figures.ts';
import { agentContract } from '../contract/agents.ts';
import { deletionContract } from '../contract/deletions.ts';
import { eventReadContract } from '../contract/event-reads.ts';
import { manySessionsContract } from '../contract/many-sessions.ts';
import { outcomeReadContract } from '../contract/outcome-reads.ts';
import { replayReadContract } from '../contract/replay-reads.ts';
import { readMarkContract } from '../contract/read-marks.ts';
import { retentionContract, type VerifiedStore } from '../contract/retention.ts';
import { sessionReadContract } from '../contract/session-reads.ts';
import { openReader } from './connection.ts';
import { openReads } from './reads.ts';

const open = async (nowMs: number, orgIds: readonly string[]): Promise<VerifiedStore> => {
  const store = openStore(nowMs);
  for (const orgId of orgIds) addOrganisation(store.db, orgId);
  const connection = openReader(store.path);
  return {
    reader: openReads(connection),
    run: store.run,
    verify: async () => store.verify(),
    ingest: (records, orgId) => store.ingest(records, orgId === undefined ? {} : { orgId }),
    async close() {
      connection.close();
      store.close();
    },
  };
};

sessionReadContract(open);
eventReadContract(open);
outcomeReadContract(open);
deletionContract(open);
manySessionsContract(open);
agentContract(open);
replayReadContract(open);
retentionContract(open);
agentFiguresContract(open);
readMarkContract(open);
