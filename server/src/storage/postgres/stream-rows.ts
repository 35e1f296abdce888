import type pg from 'pg';

/** Rows fetched at a time. */
const fetchedRows = 1_000;

let cursors = 0;

/** Rows of a query, some at a time, through a cursor of the transaction that is open on the connection. */
export async function* streamRows<Row>(
  client: pg.ClientBase,
  text: string,
  types: pg.CustomTypesConfig,
): AsyncGenerator<Row[]> {
  cursors += 1;
  const name = `rows_${cursors}`;
  await client.query(`DECLARE ${name} NO SCROLL CURSOR FOR ${text}`);
  for (;;) {
    const { rows } = await client.query({ text: `FETCH ${fetchedRows} FROM ${name}`, types });
    if (rows.length === 0) break;
    yield rows as Row[];
  }
  await client.query(`CLOSE ${name}`);
}
