import { ArrowLeft } from 'lucide-react';
import { Button } from '../../components/button.tsx';

/** Says that the list shows one session's tree, and leads back. */
export function RootNote({ id, onBack }: { readonly id: string; readonly onBack: () => void }) {
  return (
    <div className="flex items-center gap-2">
      <Button onClick={onBack}>
        <ArrowLeft size={14} strokeWidth={1.6} aria-hidden="true" /> All sessions
      </Button>
      <span className="text-muted">
        The tree below <span className="font-mono text-sm">{id.slice(0, 13)}</span>
      </span>
    </div>
  );
}
