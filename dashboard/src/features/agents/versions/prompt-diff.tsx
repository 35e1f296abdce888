import { useMemo, useState } from 'react';
import { classNames } from '../../../components/class-names.ts';
import { formatNoun } from '../../../lib/format-count.ts';
import { diffLines, type DiffLine, type NumberedLine } from './diff-lines.ts';
import { foldLines } from './fold-lines.ts';

export interface PromptDiffProps {
  readonly heads: readonly [before: string, after: string];
  readonly before: string;
  readonly after: string;
}

/** Two prompts line by line, side by side; on a narrow screen below each other (A3). */
export function PromptDiff({ heads, before, after }: PromptDiffProps) {
  const parts = useMemo(() => foldLines(diffLines(before, after)), [before, after]);
  const [unfolded, setUnfolded] = useState<ReadonlySet<number>>(new Set());
  return (
    <section
      aria-label="Prompt line by line"
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls takes the focus
      tabIndex={0}
      className="max-h-[60vh] overflow-auto rounded-md border border-line2"
    >
      <table className="w-full table-fixed text-left font-mono text-sm">
        <thead className="sr-only">
          <tr>
            {heads.map((head) => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {parts.map((part) =>
            part.folded && !unfolded.has(part.at) ? (
              <tr key={part.at}>
                <td colSpan={2} className="bg-sunk px-2 text-center font-sans">
                  <button
                    type="button"
                    className="rounded-sm px-2 text-muted hover:text-text hover:underline"
                    onClick={() => setUnfolded(new Set([...unfolded, part.at]))}
                  >
                    Show {formatNoun(part.lines.length, 'equal line')}
                  </button>
                </td>
              </tr>
            ) : (
              part.lines.map((line) => <Line key={keyOf(line)} line={line} />)
            ),
          )}
        </tbody>
      </table>
    </section>
  );
}

function keyOf({ before, after }: DiffLine): string {
  return `${before?.number ?? ''} ${after?.number ?? ''}`;
}

function Line({ line }: { readonly line: DiffLine }) {
  const differs = line.kind !== 'same';
  return (
    <tr className="align-top max-sm:flex max-sm:flex-col">
      <Side
        line={line.before}
        sign="−"
        word="was"
        tone={differs ? 'bg-rust-soft/60' : ''}
        signTone="text-rust"
        differs={differs}
      />
      <Side
        line={line.after}
        sign="+"
        word="is"
        tone={differs ? 'bg-accent-soft/70' : ''}
        signTone="text-accent"
        differs={differs}
        repeats={!differs}
      />
    </tr>
  );
}

interface SideProps {
  readonly line: NumberedLine | null;
  readonly sign: string;
  readonly word: string;
  readonly tone: string;
  readonly signTone: string;
  readonly differs: boolean;
  /** Says what the other side says: on a narrow screen once is enough. */
  readonly repeats?: boolean;
}

function Side({ line, sign, word, tone, signTone, differs, repeats = false }: SideProps) {
  if (line === null) {
    return (
      <td className="bg-sunk max-sm:hidden">
        <span className="sr-only">no line</span>
      </td>
    );
  }
  return (
    <td
      className={classNames(
        'relative py-0 pr-2 pl-13 break-words whitespace-pre-wrap',
        tone,
        repeats && 'max-sm:hidden',
      )}
    >
      <span className="absolute left-0 w-8 text-right text-muted select-none">{line.number}</span>
      {differs && (
        <>
          <span
            aria-hidden="true"
            className={classNames('absolute left-8.5 w-4 text-center', signTone)}
          >
            {sign}
          </span>
          <span className="sr-only">{word}: </span>
        </>
      )}
      {line.text}
    </td>
  );
}
