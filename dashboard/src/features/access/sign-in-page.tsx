import { useState, type FormEvent } from 'react';
import { Button } from '../../components/button.tsx';
import { Field, TextInput } from '../../components/field.tsx';
import { Logo } from '../../components/logo.tsx';
import { useSignIn } from './use-sign-in.ts';

/** The way in: by a one-time link, or with an admin key. */
export function SignInPage() {
  const { signIn, busy, failure } = useSignIn();
  const [key, setKey] = useState('');
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    void signIn({ key: key.trim() });
  };

  return (
    <main className="grid h-full place-items-center overflow-y-auto p-5">
      <form onSubmit={onSubmit} className="flex w-full max-w-sm flex-col gap-4">
        <Logo size={36} />
        <div>
          <h1 className="text-figure">Sign in to Niitaka</h1>
          <p className="mt-1 text-muted">
            Open the link the server printed when it started, or paste an admin key.
          </p>
        </div>
        <Field label="Admin key">
          <TextInput
            type="password"
            name="key"
            placeholder="nk_…"
            value={key}
            onChange={(event) => setKey(event.target.value)}
            aria-describedby={failure === undefined ? undefined : 'sign-in-failure'}
            aria-invalid={failure !== undefined}
          />
        </Field>
        {failure !== undefined && (
          <p id="sign-in-failure" role="alert" className="text-rust">
            {failure}
          </p>
        )}
        <Button type="submit" look="primary" disabled={busy || key.trim() === ''}>
          {busy ? 'Signing in …' : 'Sign in'}
        </Button>
        <p className="text-sm text-muted">
          No link at hand? Run{' '}
          <code className="rounded-sm bg-sunk px-1 font-mono">npm run niitaka -- link</code> on the
          server: it prints a fresh one, good for 15 minutes.
        </p>
      </form>
    </main>
  );
}
