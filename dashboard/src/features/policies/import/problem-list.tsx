import { fieldOf, type FileProblem } from './file-problems.ts';

export interface ProblemListProps {
  readonly text: string;
  readonly problems: readonly FileProblem[];
  readonly onGoTo: (line: number, column: number) => void;
}

/** What is wrong with a file, each at its line; a click leads there (P8). */
export function ProblemList({ text, problems, onGoTo }: ProblemListProps) {
  const lines = text.split('\n');
  return (
    <ul id="file-problems" aria-label="What is wrong" className="mt-3 flex flex-col gap-2">
      {problems.map((problem) => {
        const { line, column, path, message } = problem;
        return (
          <li
            key={`${line} ${column} ${path} ${message}`}
            className="rounded-md border border-line2 bg-row px-3 py-2"
          >
            {line === null ? (
              <p className="text-rust">{message}</p>
            ) : (
              <>
                <p className="flex flex-wrap gap-x-2">
                  <button
                    type="button"
                    className="rounded-sm font-semibold text-accent hover:underline"
                    onClick={() => onGoTo(line, column ?? 1)}
                  >
                    Line {line}, column {column ?? 1}
                  </button>
                  <code className="empty:hidden">{fieldOf(path)}</code>
                  <span className="text-rust">{message}</span>
                </p>
                <LineFrame line={lines[line - 1] ?? ''} column={column ?? 1} />
              </>
            )}
          </li>
        );
      })}
    </ul>
  );
}

/** The line itself, and a mark under the column. */
function LineFrame({ line, column }: { readonly line: string; readonly column: number }) {
  return (
    <pre aria-hidden="true" className="mt-1 overflow-x-auto font-mono text-sm">
      {line}
      {'\n'}
      <span className="text-rust">{`${' '.repeat(Math.max(0, column - 1))}^`}</span>
    </pre>
  );
}
