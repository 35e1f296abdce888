import { FileUp } from 'lucide-react';
import { useRef } from 'react';
import { Button } from '../../../components/button.tsx';
import { formatNoun } from '../../../lib/format-count.ts';
import type { useImport } from './use-import.ts';

export interface ImportActionsProps {
  readonly form: ReturnType<typeof useImport>;
  /** Leaving was asked for while there is a text that was not taken. */
  readonly leaving: boolean;
  readonly onStay: () => void;
  readonly onCancel: () => void;
  readonly onLeave: () => void;
}

/** Chooses a file, shows what it changes, takes it in; asks before a text is left. */
export function ImportActions({ form, leaving, onStay, onCancel, onLeave }: ImportActionsProps) {
  if (leaving) {
    return (
      <div className="mt-4 flex flex-wrap items-center gap-2">
        <p role="alert" className="flex-1 font-semibold">
          The file was not taken.
        </p>
        <Button onClick={onStay}>Keep it open</Button>
        <Button look="danger" onClick={onLeave}>
          Leave
        </Button>
      </div>
    );
  }
  const { preview } = form;
  const changes = preview === null ? 0 : preview.created + preview.updated;
  return (
    <div className="mt-4 flex flex-wrap items-center gap-2">
      <FileChooser onFile={(file) => void form.takeFile(file)} />
      <span className="flex-1" />
      <Button onClick={onCancel}>Cancel</Button>
      {preview === null ? (
        <Button
          look="primary"
          disabled={form.text.trim() === '' || form.busy}
          onClick={form.askPreview}
        >
          Show what it changes
        </Button>
      ) : (
        <Button look="primary" disabled={changes === 0 || form.busy} onClick={form.apply}>
          {changes === 0 ? 'Nothing to change' : `Apply ${formatNoun(changes, 'change')}`}
        </Button>
      )}
    </div>
  );
}

function FileChooser({ onFile }: { readonly onFile: (file: File) => void }) {
  const chooser = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={chooser}
        type="file"
        aria-label="Choose a policy file"
        accept=".yaml,.yml,text/yaml,application/yaml"
        className="sr-only"
        tabIndex={-1}
        onChange={(event) => {
          const file = event.target.files?.[0];
          if (file !== undefined) onFile(file);
          event.target.value = '';
        }}
      />
      <Button onClick={() => chooser.current?.click()}>
        <FileUp size={14} strokeWidth={1.6} aria-hidden="true" /> Choose a file
      </Button>
    </>
  );
}
