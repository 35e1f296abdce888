import { useState } from 'react';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';

export interface ConfirmButtonProps {
  readonly text: string;
  readonly question: string;
  readonly disabled?: boolean;
  readonly onConfirm: () => void;
}

/** A button for what cannot be taken back: it asks first. */
export function ConfirmButton({ text, question, disabled = false, onConfirm }: ConfirmButtonProps) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button look="danger" disabled={disabled} onClick={() => setOpen(true)}>
        {text}
      </Button>
      <Dialog open={open} onClose={() => setOpen(false)} title={text}>
        <p className="text-left whitespace-normal">{question}</p>
        <div className="mt-5 flex justify-end gap-2">
          <Button onClick={() => setOpen(false)}>Keep</Button>
          <Button
            look="danger"
            onClick={() => {
              setOpen(false);
              onConfirm();
            }}
          >
            {text}
          </Button>
        </div>
      </Dialog>
    </>
  );
}
