import { useState } from 'react';
import { Braces } from 'lucide-react';
import { CopyButton } from '../../../components/copy-button.tsx';
import { Dialog } from '../../../components/dialog.tsx';
import { IconButton } from '../../../components/icon-button.tsx';
import { JsonTree } from '../../../components/json-tree.tsx';

/** Opens the session as the API gives it. */
export function RawButton({ session }: { readonly session: unknown }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <IconButton
        label="Raw JSON"
        icon={<Braces size={15} strokeWidth={1.6} aria-hidden="true" />}
        onClick={() => setOpen(true)}
      />
      <Dialog
        open={open}
        onClose={() => setOpen(false)}
        title="Session as JSON"
        className="w-[min(720px,calc(100vw-24px))]"
      >
        <div className="relative">
          <div className="absolute top-0 right-0">
            <CopyButton text={JSON.stringify(session, null, 2)} label="Copy JSON" />
          </div>
          <JsonTree value={session} label="Session as JSON" />
        </div>
      </Dialog>
    </>
  );
}
