import type { Identity } from '@niitaka/protocol/access.ts';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useEffect, useRef, useState } from 'react';
import { messageOf } from '../../components/error-state.tsx';
import { apiSend } from '../../lib/api/api-fetch.ts';
import { identityQuery } from '../../lib/api/use-identity.ts';
import { nextPath } from './next-path.ts';

/** Signs in by the link's token in the URL at once, or by a key when asked; then goes on to the page. */
export function useSignIn() {
  const { token, next } = useSearch({ strict: false });
  const navigate = useNavigate();
  const cache = useQueryClient();
  const [failure, setFailure] = useState<string>();
  const [busy, setBusy] = useState(token !== undefined);
  const tried = useRef(false);

  const signIn = useCallback(
    async (body: { token: string } | { key: string }) => {
      setBusy(true);
      setFailure(undefined);
      try {
        await apiSend<Identity | undefined>('POST', '/session', body);
        await cache.invalidateQueries({ queryKey: identityQuery.queryKey });
        await navigate({ href: nextPath(next), replace: true });
      } catch (error) {
        setFailure(messageOf(error));
        setBusy(false);
      }
    },
    [cache, navigate, next],
  );

  useEffect(() => {
    // A link works once: strict mode's second effect must not spend it.
    if (token === undefined || tried.current) return;
    tried.current = true;
    void signIn({ token });
  }, [signIn, token]);

  return { signIn, busy, failure };
}
