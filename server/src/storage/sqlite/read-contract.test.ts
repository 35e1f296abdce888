import { addOrganisation, openStore } from '../../testing/open-store.ts';
import { sessionReadContract } from '../contract/session-reads.ts';
import { openReader } from './connection.ts';
import { openReads } from './reads.ts';

sessionReadContract((nowMs, orgIds) => {
  const store = openStore(nowMs);
  for (const orgId of orgIds) addOrganisation(store.db, orgId);
  const connection = openReader(store.path);
  return {
    reader: openReads(connection),
    ingest: (records, orgId) => store.ingest(records, orgId === undefined ? {} : { orgId }),
    close() {
      connection.close();
      store.close();
    },
  };
});
