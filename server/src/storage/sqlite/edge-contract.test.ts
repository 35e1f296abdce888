import { addOrganisation, openStore } from '../../testing/open-store.ts';
import { agentLifeContract } from '../contract/agent-lives.ts';
import { awkwardTextContract } from '../contract/awkward-texts.ts';
import { changingListContract } from '../contract/changing-lists.ts';
import { rangeEdgeContract } from '../contract/range-edges.ts';
import type { ReadStore } from '../contract/session-reads.ts';
import { openReader } from './connection.ts';
import { openReads } from './reads.ts';

rangeEdgeContract(open);
awkwardTextContract(open);
changingListContract(open);
agentLifeContract(open);

async function open(nowMs: number, orgIds: readonly string[]): Promise<ReadStore> {
  const store = openStore(nowMs);
  for (const orgId of orgIds) addOrganisation(store.db, orgId);
  const connection = openReader(store.path);
  return {
    reader: openReads(connection),
    run: store.run,
    ingest: (records, orgId) => store.ingest(records, orgId === undefined ? {} : { orgId }),
    async close() {
      connection.close();
      store.close();
    },
  };
}
