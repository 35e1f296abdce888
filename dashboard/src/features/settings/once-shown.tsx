import { CopyButton } from '../../components/copy-button.tsx';

export interface OnceShownProps {
  readonly title: string;
  readonly text: string;
  readonly note: string;
}

/** A secret in full, for the one time it is shown. */
export function OnceShown({ title, text, note }: OnceShownProps) {
  return (
    <output className="mb-4 block rounded-lg border border-accent bg-accent-soft p-3">
      <span className="font-semibold">{title}</span>
      <span className="mt-1 flex items-center gap-2">
        <code className="min-w-0 flex-1 font-mono text-sm break-all">{text}</code>
        <CopyButton text={text} label="Copy" />
      </span>
      <span className="mt-1 block text-sm">{note}</span>
    </output>
  );
}
