import type { Erasure } from '../erasure.ts';
import { connectAtStart } from './connect.ts';

/** Opens the look at a database server: it says what its files still hold, and cannot look into them. */
export async function openErasure(url: string): Promise<Erasure> {
  const client = await connectAtStart(url);
  return {
    async note() {},
    async indexesOf(table) {
      const { rows } = await client.query<{ name: string }>(
        'SELECT indexname AS name FROM pg_indexes WHERE schemaname = current_schema() AND tablename = $1 ORDER BY 1',
        [table],
      );
      return rows.map(({ name }) => name);
    },
    async check() {
      const { rows } = await client.query<{ lsn: string; autovacuum: string }>(
        `SELECT pg_current_wal_lsn()::text AS lsn, current_setting('autovacuum') AS autovacuum`,
      );
      const { lsn = '', autovacuum = '' } = rows[0] ?? {};
      const vacuum =
        autovacuum === 'on'
          ? 'until autovacuum has been there and their place is used again'
          : 'until VACUUM is run, for autovacuum is off, and their place is used again';
      return {
        isClean: false,
        note: `no statement reads it any more; old versions of the rows lie in the table files ${vacuum} (VACUUM FULL rewrites them at once), in the write-ahead log up to ${lsn} until that is recycled, and in archives, replicas and backups made before until those are deleted`,
        searched: 0,
        bytesRead: 0,
        found: 0,
      };
    },
    close: () => client.end(),
  };
}
