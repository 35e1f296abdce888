import { randomUUID } from 'node:crypto';
import type pg from 'pg';

/** The leases of one process on jobs that only one may do at a time. */
export interface Leases {
  take(job: string, forMs: number): Promise<boolean>;
  /** Gives back what is held, so that another process need not wait for it to run out. */
  release(): Promise<void>;
}

/** Leases are rows, timed by the server's clock: no session of it is needed to hold one. */
export function openLeases(pool: pg.Pool): Leases {
  const owner = randomUUID();
  return {
    async take(job, forMs) {
      const { rowCount } = await pool.query(
        `INSERT INTO jobs (name, lease_owner, lease_until) VALUES ($1, $2, ${nowMs} + $3)
         ON CONFLICT (name) DO UPDATE SET lease_owner = excluded.lease_owner, lease_until = excluded.lease_until
         WHERE jobs.lease_owner IS NULL OR jobs.lease_owner = excluded.lease_owner OR jobs.lease_until < ${nowMs}`,
        [job, owner, forMs],
      );
      return rowCount === 1;
    },
    async release() {
      const release =
        'UPDATE jobs SET lease_owner = NULL, lease_until = NULL WHERE lease_owner = $1';
      await pool.query(release, [owner]);
    },
  };
}

const nowMs = '(extract(epoch FROM clock_timestamp()) * 1000)::bigint';
