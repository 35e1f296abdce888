import type { PolicyImport } from '@niitaka/protocol/policy-import.ts';
import { useState } from 'react';
import { showToast } from '../../../components/toasts.tsx';
import { useImportPolicies } from '../policy-queries.ts';
import { fileRefusal } from './file-problems.ts';
import { importText } from './import-text.ts';

/** The state of an import: the text, what is wrong with it, and what it would change. */
export function useImport(onDone: () => void) {
  const [text, setText] = useState('');
  const [preview, setPreview] = useState<PolicyImport | null>(null);
  const send = useImportPolicies();
  const refusal = fileRefusal(send.error);
  const ask = (of: string) => {
    setPreview(null);
    send.mutate({ text: of, mode: 'preview' }, { onSuccess: setPreview });
  };
  const change = (next: string) => {
    send.reset();
    setPreview(null);
    setText(next);
  };
  return {
    text,
    preview,
    ...refusal,
    busy: send.isPending,
    change,
    askPreview: () => ask(text),
    takeFile: async (file: File) => {
      const read = await file.text();
      change(read);
      ask(read);
    },
    apply: () =>
      send.mutate(
        { text, mode: 'apply', ...(preview !== null && { revision: preview.revision }) },
        {
          onSuccess: (done) => {
            showToast(`The file was taken: ${importText(done)}`);
            onDone();
          },
          // What was looked at does not stand any more: it is shown anew before it is taken.
          onError: () => setPreview(null),
        },
      ),
  };
}
