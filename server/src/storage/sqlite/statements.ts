import type { Statement, Statements } from '../queries/statements.ts';
import type { Connection } from './connection.ts';

/** Statements over one connection, each prepared once. */
export function sqliteStatements(db: Connection): Statements {
  return {
    prepare<Row>(text: string): Statement<Row> {
      const prepared = db.prepare<unknown[], Row>(text);
      return {
        get: async (...values) => prepared.get(...values),
        all: async (...values) => prepared.all(...values),
        async run(...values) {
          prepared.run(...values);
        },
      };
    },
  };
}
