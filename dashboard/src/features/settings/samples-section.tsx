import { useMutation } from '@tanstack/react-query';
import { Button } from '../../components/button.tsx';
import { messageOf } from '../../components/error-state.tsx';
import { showToast } from '../../components/toasts.tsx';
import { apiSend } from '../../lib/api/api-fetch.ts';
import { formatNoun } from '../../lib/format-count.ts';
import { ConfirmButton } from './confirm-button.tsx';

/** Sample agents: recorded through the public API, and taken out again. */
export function SamplesSection() {
  const load = useMutation({
    mutationFn: () => apiSend('POST', '/samples'),
    onSuccess: () => showToast('Sample sessions are being recorded'),
  });
  const remove = useMutation({
    mutationFn: () => apiSend<{ removed: number }>('DELETE', '/samples'),
    onSuccess: ({ removed }) => showToast(`${formatNoun(removed, 'sample session')} removed`),
  });
  const failure = load.error ?? remove.error;
  return (
    <div className="max-w-xl">
      <p>
        Sample agents record sessions through the public API. Each carries the tag{' '}
        <code className="rounded-sm bg-sunk px-1 font-mono text-sm">sample=true</code>, so that they
        can be told from your own and removed together.
      </p>
      <div className="mt-4 flex gap-2">
        <Button disabled={load.isPending} onClick={() => load.mutate()}>
          Load sample data
        </Button>
        <ConfirmButton
          text="Remove sample data"
          question="Remove every session with the tag sample=true, with its events and cost? Your own sessions stay."
          disabled={remove.isPending}
          onConfirm={() => remove.mutate()}
        />
      </div>
      {failure !== null && (
        <p role="alert" className="mt-3 text-rust">
          {messageOf(failure)}
        </p>
      )}
    </div>
  );
}
