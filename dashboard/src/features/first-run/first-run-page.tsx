import type { CreatedKey } from '@niitaka/protocol/access.ts';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import { Button } from '../../components/button.tsx';
import { CopyButton } from '../../components/copy-button.tsx';
import { messageOf } from '../../components/error-state.tsx';
import { Segments } from '../../components/segments.tsx';
import { apiSend } from '../../lib/api/api-fetch.ts';
import { identityQuery, useIdentity } from '../../lib/api/use-identity.ts';
import { useLiveSessions } from '../../lib/live/use-live-sessions.ts';
import { snippetOf, type SnippetLanguage } from './snippets.ts';

const languages = [
  { value: 'python', label: 'Python' },
  { value: 'typescript', label: 'TypeScript' },
] as const;

/** The first visit: a program to run, waiting for what it records, and sample data. */
export function FirstRunPage() {
  const [language, setLanguage] = useState<SnippetLanguage>('python');
  const identity = useIdentity();
  const newKey = useMutation({
    mutationFn: () =>
      apiSend<CreatedKey>('POST', '/keys', { name: 'First snippet', scopes: ['ingest'] }),
  });
  const samples = useMutation({ mutationFn: () => apiSend('POST', '/samples') });
  useFirstSession();
  const admin = identity?.role === 'admin';
  const snippet = snippetOf(
    language,
    identity?.public_url ?? window.location.origin,
    newKey.data?.key ?? 'nk_…',
  );
  return (
    <div className="min-h-0 flex-1 overflow-y-auto">
      <div className="mx-auto flex max-w-[720px] flex-col gap-5 px-5 py-10 max-sm:py-5">
        <header>
          <h1 className="text-figure">Record your first session</h1>
          <p className="mt-1 text-muted">
            Every run of an agent becomes a session: its goal, calls, cost, errors and outcome. Run
            this once; it shows here the moment it arrives.
          </p>
        </header>
        <div className="flex flex-wrap items-center gap-2">
          <Segments label="Language" value={language} items={languages} onChange={setLanguage} />
          <span className="flex-1" />
          {newKey.data === undefined && (
            <Button
              look="primary"
              disabled={!admin || newKey.isPending}
              onClick={() => newKey.mutate()}
            >
              Make a key for this snippet
            </Button>
          )}
        </div>
        <Code title="Install, in the folder of Niitaka" text={snippet.install} />
        <Code title={language === 'python' ? 'hello.py' : 'hello.ts'} text={snippet.code} />
        {newKey.data !== undefined && (
          <p className="text-sm text-muted">
            The key is in the snippet and is shown only now. It may record sessions, nothing else.
          </p>
        )}
        <Waiting />
        <div className="flex items-center gap-3 border-t border-line pt-5">
          <p className="flex-1 text-muted">
            Or look around first: sample agents record sessions through the public API, labelled as
            samples, removable in one click under Settings.
          </p>
          <Button disabled={!admin || samples.isPending} onClick={() => samples.mutate()}>
            {samples.isPending ? 'Recording …' : 'Load sample data'}
          </Button>
        </div>
        {(newKey.error ?? samples.error) && (
          <p role="alert" className="text-rust">
            {messageOf(newKey.error ?? samples.error)}
          </p>
        )}
      </div>
    </div>
  );
}

function Code({ title, text }: { readonly title: string; readonly text: string }) {
  return (
    <section
      aria-label={title}
      className="overflow-hidden rounded-lg border border-line bg-surface"
    >
      <div className="flex h-9 items-center justify-between border-b border-line2 pr-1 pl-3 text-sm text-muted">
        {title}
        <CopyButton text={text} label={`Copy ${title}`} />
      </div>
      <pre
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls takes the focus
        tabIndex={0}
        className="overflow-x-auto p-3 font-mono text-sm leading-5 outline-offset-[-2px]"
      >
        {text}
      </pre>
    </section>
  );
}

function Waiting() {
  return (
    <output className="flex items-center gap-2 text-muted">
      <span aria-hidden="true" className="size-2 animate-shimmer rounded-full bg-accent" />
      Waiting for the first session …
    </output>
  );
}

/** Opens the list, with the first session in it, as soon as one arrives. */
function useFirstSession(): void {
  const cache = useQueryClient();
  const navigate = useNavigate();
  const done = useRef(false);
  const arrive = (id?: string) => {
    if (done.current) return;
    done.current = true;
    void cache.invalidateQueries({ queryKey: identityQuery.queryKey }).then(() =>
      navigate({
        to: '/sessions',
        search: { env: 'all', ...(id !== undefined && { session: id }) },
      }),
    );
  };
  useLiveSessions({
    onSession: (row) => arrive(row.tags['sample'] === 'true' ? undefined : row.id),
    onReset: () => void cache.invalidateQueries({ queryKey: identityQuery.queryKey }),
  });
}
