import { addOrganisation, openStore } from '../../testing/open-store.ts';
import { historyContract } from '../contract/histories.ts';
import { openReader } from './connection.ts';
import { openReads } from './reads.ts';

historyContract(async (nowMs, orgIds) => {
  const store = openStore(nowMs);
  for (const orgId of orgIds) addOrganisation(store.db, orgId);
  const connection = openReader(store.path);
  return {
    reader: openReads(connection),
    run: store.run,
    ingest: (records, orgId) => store.ingest(records, orgId === undefined ? {} : { orgId }),
    verify: async () => store.verify(),
    async close() {
      connection.close();
      store.close();
    },
  };
});
