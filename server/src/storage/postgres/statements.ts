import type { Statement, Statements } from '../queries/statements.ts';
import type { Work } from './work.ts';

/** Texts with their values numbered, as PostgreSQL wants them. */
const numbered = new Map<string, string>();

/** Statements within a transaction. */
export function postgresStatements(work: Pick<Work, 'rows' | 'run'>): Statements {
  return {
    prepare<Row>(marked: string): Statement<Row> {
      const text = numbered.get(marked) ?? numberMarks(marked);
      numbered.set(marked, text);
      return {
        get: async (...values) => (await work.rows<Row>(text, values))[0],
        all: (...values) => work.rows<Row>(text, values),
        async run(...values) {
          await work.run(text, values);
        },
      };
    },
  };
}

function numberMarks(text: string): string {
  let last = 0;
  return text.replaceAll('?', () => {
    last += 1;
    return `$${last}`;
  });
}
