import { useRef, useState } from 'react';
import { Dialog } from '../../../components/dialog.tsx';
import { FileText } from './file-text.tsx';
import { offsetOf } from './file-problems.ts';
import { ImportActions } from './import-actions.tsx';
import { ImportPreview } from './import-preview.tsx';
import { ProblemList } from './problem-list.tsx';
import { useImport } from './use-import.ts';

/** Takes in a policy file: pasted or chosen, looked at before it changes anything (P8). */
export function ImportDialog({ onClose }: { readonly onClose: () => void }) {
  const form = useImport(onClose);
  const area = useRef<HTMLTextAreaElement>(null);
  const [leaving, setLeaving] = useState(false);
  const { text, preview, problems } = form;
  const leave = () => (text.trim() !== '' && !leaving ? setLeaving(true) : onClose());
  const goTo = (line: number, column: number) => {
    const at = offsetOf(text, line, column);
    area.current?.focus();
    area.current?.setSelectionRange(at, offsetOf(text, line, Number.MAX_SAFE_INTEGER));
    const lineHeightPx = 18;
    area.current?.scrollTo({ top: Math.max(0, (line - 5) * lineHeightPx) });
  };
  return (
    <Dialog
      open
      holdsInput
      onClose={leave}
      title="Import policies"
      className="top-[6vh]! max-h-[88vh]! sm:w-[720px]!"
    >
      <p className="mb-3 text-muted">
        A policy with the id of one that stands changes it; any other is made. What the file does
        not name stays. All of it is taken, or nothing.
      </p>
      <FileText
        text={text}
        problems={problems}
        area={area}
        onChange={form.change}
        onFile={(file) => void form.takeFile(file)}
      />
      {problems.length > 0 && <ProblemList text={text} problems={problems} onGoTo={goTo} />}
      {form.rest !== null && (
        <p role="alert" className="mt-3 text-rust">
          {form.rest}
        </p>
      )}
      {preview !== null && <ImportPreview preview={preview} />}
      <ImportActions
        form={form}
        leaving={leaving}
        onStay={() => setLeaving(false)}
        onCancel={leave}
        onLeave={onClose}
      />
    </Dialog>
  );
}
