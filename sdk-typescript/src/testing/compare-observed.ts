import { inspect } from 'node:util';
import { expect } from 'vitest';
import { observe, startSession, testing } from '../index.ts';
import {
  startProvider,
  type LoopbackProvider,
  type ProviderAnswer,
  type ProviderRequest,
} from './loopback-provider.ts';

/** What came of the same work with an observed client, after it was found to be as with a plain one. */
export interface Comparison<T> {
  /** What the work answered. */
  readonly value: T;
  /** What it threw instead; null where it answered. */
  readonly error: Error | null;
  readonly events: readonly testing.CapturedRecord[];
  readonly warnings: readonly string[];
  /** What the provider saw, of the plain client and of the observed one. */
  readonly providers: readonly [LoopbackProvider, LoopbackProvider];
}

/** Answers by the request and its number, from 1. */
export type Script = (request: ProviderRequest, count: number) => ProviderAnswer;

/**
 * Does the same work with a plain client and, inside a session, with an observed one; both must see, print and throw
 * the same.
 */
export async function compareObserved<C extends object, T>(
  make: (url: string) => C,
  script: Script,
  work: (client: C) => Promise<T>,
  options: { readonly captureContent?: boolean } = {},
): Promise<Comparison<T>> {
  const providers = [await startProvider(script), await startProvider(script)] as const;
  const plain = await attempt(() => work(make(providers[0].url)));
  using captured = testing.capture(options);
  const client = observe(make(providers[1].url));
  const observed = await attempt(() => startSession({}, () => work(client)));
  expect(printed(observed)).toBe(printed(plain));
  expect(observed.error?.constructor).toBe(plain.error?.constructor);
  const { warnings } = captured;
  return { ...observed, events: captured.events(), warnings: [...warnings], providers };
}

/** The `data` of an event. */
export function dataOf(event: testing.CapturedRecord | undefined): Record<string, unknown> {
  return (event?.['data'] ?? {}) as Record<string, unknown>;
}

interface Outcome<T> {
  readonly value: T;
  readonly error: Error | null;
}

async function attempt<T>(work: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { value: await work(), error: null };
  } catch (error) {
    return { value: undefined as T, error: error as Error };
  }
}

/** As a program prints it; frames of a stack, ports and times differ from run to run. */
function printed(outcome: Outcome<unknown>): string {
  return inspect(outcome, { depth: 9, sorted: true })
    .replaceAll(/^ +(?:at |\.\.\. \d+ lines matching).*$\n?/gm, '')
    .replaceAll(/127\.0\.0\.1:\d+/g, 'HOST')
    .replaceAll(/(?:bytesWritten|bytesRead|localPort|remotePort): \d+/g, 'socket')
    .replaceAll(/date: '[^']+'/g, 'date');
}
