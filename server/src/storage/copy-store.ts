/** A value on its way between engines: ids and hashes as bytes, integers as bigint. */
export type CopyValue = null | string | number | bigint | Uint8Array;

/** What a column holds. */
export type CopyKind = 'integer' | 'real' | 'text' | 'bytes';

/** A table as one engine has it. */
export interface StoredTable {
  readonly name: string;
  readonly columns: readonly string[];
  /** The columns of the primary key, in its order. */
  readonly key: readonly string[];
}

/** What is copied of a table: the columns that the target has. */
export interface CopyTable {
  readonly name: string;
  readonly columns: readonly string[];
}

/** Rows after a key, in the order of the keys of the store they are read from. */
export interface CopyPage {
  readonly rows: readonly (readonly CopyValue[])[];
  /** The key of the last row. */
  readonly lastKey: readonly CopyValue[];
}

/** How far a table has come. */
export interface CopyProgress {
  readonly afterKey: string | null;
  readonly copied: number;
}

/** Figures of a table that both engines must agree on, by name; as text. */
export type TableSums = Readonly<Record<string, string>>;

/** A database that is copied from. */
export interface CopySource {
  /** What it is called, without a secret. */
  readonly place: string;
  tables(): Promise<readonly StoredTable[]>;
  read(table: CopyTable, afterKey: readonly CopyValue[] | null, limit: number): Promise<CopyPage>;
  count(table: string): Promise<number>;
  sums(table: CopyTable): Promise<TableSums>;
  /** From the first start of a session to the last arrival; null without any. */
  timeSpan(): Promise<{ readonly firstMs: number; readonly lastMs: number } | null>;
  close(): Promise<void>;
}

/** A database that is copied to. */
export interface CopyTarget {
  readonly place: string;
  tables(): Promise<readonly StoredTable[]>;
  /**
   * Makes it ready for what comes of a source, or finds how far an earlier copy of that source came. Throws a
   * StartupError for one that holds anything else.
   */
  begin(source: CopySource): Promise<ReadonlyMap<string, CopyProgress>>;
  /** Writes rows and how far the table has come, both or neither. */
  write(
    table: CopyTable,
    rows: readonly (readonly CopyValue[])[],
    before: CopyProgress,
    after: CopyProgress,
  ): Promise<void>;
  sums(table: CopyTable): Promise<TableSums>;
  /** Everything is there and was compared: from now on a server may open it. */
  finish(): Promise<void>;
  close(): Promise<void>;
}

/** Where a copy under way keeps how far it has come; a database that has it is not whole. */
export const progressTable = 'copy_progress';

/** What is said of a database that a copy has not finished. */
export function halfCopied(place: string): string {
  return `Cannot use ${place}: a copy to it has not ended. Give the same "niitaka copy" again, which goes on where it stopped, or remove the database.`;
}

/** The row of {@link progressTable} that names the source. */
export const sourceRow = '';

/** Columns that each engine makes for itself, or that mean nothing elsewhere. */
const ownColumns: Readonly<Record<string, readonly string[]>> = {
  sessions: ['goal_index'],
  events: ['rowid'],
  jobs: ['lease_owner', 'lease_until'],
};

/** Rows that are copied of a table; the others are leases of running servers. */
export const rowsCopied: Readonly<Record<string, string>> = { jobs: 't.last_ran_at IS NOT NULL' };

/** Columns by which rows belong to a session: what an engine does not keep in the row is found with its session. */
export const ownerColumns: Readonly<Record<string, string>> = {
  org_id: 's.org_id',
  session_id: 's.id',
  session_key: 's.session_key',
};

/** What is copied between two stores; throws where one has what the other could not take. */
export function copyTables(
  source: readonly StoredTable[],
  target: readonly StoredTable[],
): CopyTable[] {
  const names = (tables: readonly StoredTable[]) => tables.map(({ name }) => name).toSorted();
  if (names(source).join() !== names(target).join()) {
    throw new Error(`the tables differ: ${names(source).join()} and ${names(target).join()}`);
  }
  const found = new Map(source.map((table) => [table.name, table]));
  return target.map(({ name, columns }) => {
    const own = ownColumns[name] ?? [];
    const given = found.get(name)?.columns ?? [];
    const isOwned = (column: string) => name !== 'sessions' && column in ownerColumns;
    const wanted = columns.filter((column) => !own.includes(column));
    const unknown = [
      ...wanted.filter((column) => !given.includes(column) && !isOwned(column)),
      ...given.filter(
        (column) => !columns.includes(column) && !own.includes(column) && !isOwned(column),
      ),
    ];
    if (unknown.length > 0) throw new Error(`${name} has ${unknown.join()} on one side only`);
    return { name, columns: wanted };
  });
}

/** The statement that reads a page; `mark` gives the place of the value with a number, from 1. */
export function pageSql(
  { name, columns }: CopyTable,
  stored: StoredTable,
  isFirst: boolean,
  mark: (number: number) => string,
): string {
  const isJoined = columns.some((column) => !stored.columns.includes(column));
  const valueOf = (column: string) =>
    stored.columns.includes(column) ? `t.${column}` : (ownerColumns[column] ?? column);
  const keys = stored.key.map((column) => `t.${column}`);
  const conditions = [rowsCopied[name]].filter((one) => one !== undefined);
  if (!isFirst) {
    conditions.push(
      `(${keys.join(', ')}) > (${keys.map((_, index) => mark(index + 1)).join(', ')})`,
    );
  }
  const owner = stored.columns.includes('session_key')
    ? 's.session_key = t.session_key'
    : 's.org_id = t.org_id AND s.id = t.session_id';
  const order = keys.join(', ');
  const where = conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : '';
  const page = `SELECT t.* FROM ${name} AS t ${where} ORDER BY ${order} LIMIT ${mark(isFirst ? 1 : keys.length + 1)}`;
  // INVARIANT: the page is cut out of the table by its key before anything is joined to it.
  return `SELECT ${columns.map(valueOf).join(', ')}, ${order} FROM (${page}) AS t
    ${isJoined ? `JOIN sessions AS s ON ${owner}` : ''} ORDER BY ${order}`;
}

/** A key as text, and back. */
export function keyText(key: readonly CopyValue[]): string {
  return JSON.stringify(
    key.map((value) => {
      if (value instanceof Uint8Array) return { bytes: Buffer.from(value).toString('hex') };
      return typeof value === 'bigint' ? { integer: value.toString() } : value;
    }),
  );
}

export function keyFrom(text: string): CopyValue[] {
  const parts = JSON.parse(text) as (string | number | null | Record<string, string>)[];
  return parts.map((part) => {
    if (typeof part !== 'object' || part === null) return part;
    if (part['bytes'] !== undefined) return Buffer.from(part['bytes'], 'hex');
    return BigInt(part['integer'] ?? 0);
  });
}
