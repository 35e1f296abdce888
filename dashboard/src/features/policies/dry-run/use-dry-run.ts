import type { CreatePolicy } from '@niitaka/protocol/policy.ts';
import type { Problem } from '@niitaka/protocol/problem.ts';
import { useEffect, useRef, useState } from 'react';
import { ApiError } from '../../../lib/api/api-error.ts';
import { apiRequest, apiUrl } from '../../../lib/api/api-fetch.ts';
import { readEventStream } from '../../../lib/api/read-event-stream.ts';
import type { DryRunProgress, DryRunResult } from '@niitaka/protocol/policy-dry-run.ts';

/** How far a dry run is, or how it came out. */
export type DryRunState =
  | { readonly kind: 'none' }
  | { readonly kind: 'running'; readonly progress: DryRunProgress | null }
  | { readonly kind: 'done'; readonly result: DryRunResult; readonly asked: DryRunAsked }
  | { readonly kind: 'failed'; readonly error: unknown };

/** What a dry run is asked: the policy, and days back from now. */
export interface DryRunAsked {
  readonly policy: CreatePolicy;
  readonly days: number;
}

const dayMs = 86_400_000;

/** Replays a policy over what is stored; leaving the page or `cancel` ends it (P9). */
export function useDryRun() {
  const [state, setState] = useState<DryRunState>({ kind: 'none' });
  const running = useRef<AbortController>(undefined);
  const cancel = () => {
    running.current?.abort();
    setState({ kind: 'none' });
  };
  const start = async (asked: DryRunAsked) => {
    running.current?.abort();
    const abort = new AbortController();
    running.current = abort;
    const show = (next: DryRunState) => abort.signal.aborted || setState(next);
    show({ kind: 'running', progress: null });
    try {
      const result = await replay(asked, abort.signal, (progress) =>
        show({ kind: 'running', progress }),
      );
      show({ kind: 'done', result, asked });
    } catch (error) {
      show({ kind: 'failed', error });
    }
  };
  useEffect(() => () => running.current?.abort(), []);
  return { state, start, cancel };
}

async function replay(
  { policy, days }: DryRunAsked,
  signal: AbortSignal,
  onProgress: (progress: DryRunProgress) => void,
): Promise<DryRunResult> {
  const toMs = Date.now();
  const body = {
    policy,
    from: new Date(toMs - days * dayMs).toISOString(),
    to: new Date(toMs).toISOString(),
  };
  const response = await apiRequest(apiUrl('/policies/dry-run'), {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
    signal,
  });
  for await (const { event, data } of readEventStream(response)) {
    if (event === 'progress') onProgress(data as DryRunProgress);
    if (event === 'result') return data as DryRunResult;
    if (event === 'problem') throw new ApiError(data as Problem);
  }
  throw new Error('The dry run was cut before its end. Run it again.');
}
