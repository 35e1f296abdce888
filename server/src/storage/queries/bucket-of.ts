import { sql } from 'kysely';
import type { Sql } from './runner.ts';

/** The start of the bucket that a time is in (S12): rounded down, before the year 1970 too, where SQL rounds up. */
export function bucketOf(column: Sql, bucketMs: number): Sql {
  const unit = sql.lit(bucketMs);
  return sql`(${column} - ((${column} % ${unit}) + ${unit}) % ${unit})`;
}
