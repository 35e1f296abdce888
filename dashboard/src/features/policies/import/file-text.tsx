import { useRef, type DragEvent, type RefObject } from 'react';
import type { FileProblem } from './file-problems.ts';

export interface FileTextProps {
  readonly text: string;
  readonly problems: readonly FileProblem[];
  readonly area: RefObject<HTMLTextAreaElement | null>;
  readonly onChange: (text: string) => void;
  readonly onFile: (file: File) => void;
}

/** A policy file as text with its line numbers; lines with a problem are marked. */
export function FileText({ text, problems, area, onChange, onFile }: FileTextProps) {
  const gutter = useRef<HTMLDivElement>(null);
  const lines = Math.max(1, text.split('\n').length);
  const wrong = new Set(problems.map(({ line }) => line));
  const onDrop = (event: DragEvent) => {
    const [file] = event.dataTransfer.files;
    if (file === undefined) return;
    event.preventDefault();
    onFile(file);
  };
  return (
    <div className="flex h-64 overflow-hidden rounded-md border border-line font-mono text-sm focus-within:border-accent hover:border-faint">
      <div aria-hidden="true" className="w-11 shrink-0 overflow-hidden bg-sunk text-muted">
        <div ref={gutter} className="py-1.5">
          {Array.from({ length: lines }, (_, index) => (
            <div
              // oxlint-disable-next-line react/no-array-index-key -- a line is its number
              key={index}
              className={`pr-2 text-right ${wrong.has(index + 1) ? 'bg-rust-soft font-semibold text-rust' : ''}`}
            >
              {wrong.has(index + 1) && '✗ '}
              {index + 1}
            </div>
          ))}
        </div>
      </div>
      <textarea
        ref={area}
        aria-label="Policy file"
        aria-invalid={problems.length > 0 || undefined}
        aria-describedby={problems.length > 0 ? 'file-problems' : undefined}
        placeholder={
          'policies:\n  - name: loop guard\n    type: step_limit\n    condition: { steps_exceeded: 40 }\n    action: { type: abort }'
        }
        wrap="off"
        spellCheck={false}
        value={text}
        onChange={(event) => onChange(event.target.value)}
        onScroll={(event) => {
          const { scrollTop } = event.currentTarget;
          if (gutter.current !== null) gutter.current.style.translate = `0 ${-scrollTop}px`;
        }}
        onDragOver={(event) => event.preventDefault()}
        onDrop={onDrop}
        className="min-w-0 flex-1 resize-none overflow-auto bg-surface px-2.5 py-1.5 whitespace-pre outline-none"
      />
    </div>
  );
}
