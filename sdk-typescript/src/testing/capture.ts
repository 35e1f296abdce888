import { Client } from '../client/client.ts';
import { replaceClient } from '../client/default-client.ts';
import type { ConfigureOptions } from '../client/configure-options.ts';
import { readSettings } from '../client/settings.ts';
import { openGivenFile } from '../policy/open-policy-file.ts';
import { createWarn } from '../client/warn.ts';
import { OpenCalls } from '../session/open-calls.ts';
import type { CapturedRecord } from './captured-record.ts';
import { MemoryOutlet } from './memory-outlet.ts';

export type { CapturedRecord } from './captured-record.ts';

/** What was recorded since the capture began. */
export interface Capture extends Disposable {
  /** Every record in order, as it would have gone over the wire. */
  readonly records: readonly CapturedRecord[];
  /** The finished events, of one type if given. */
  events(type?: string): readonly CapturedRecord[];
  /** Texts of the warnings that the user would have seen. */
  readonly warnings: readonly string[];
  /** Ends the capture: what follows goes where it went before. */
  stop(): void;
}

/**
 * Keeps what this thread records in memory instead of sending it: for tests of one's own agents. Needs no key and
 * no server.
 * @example
 * using captured = testing.capture();
 * await runAgent();
 * assert.equal(captured.events('tool').length, 1);
 */
export function capture(options: ConfigureOptions = {}): Capture {
  const outlet = new MemoryOutlet();
  const warnings: string[] = [];
  const warn = createWarn((message) => warnings.push(message));
  const given = { ...options, apiKey: options.apiKey ?? 'captured' };
  const settings = readSettings(given, process.env, openGivenFile(options));
  const before = replaceClient(new Client(settings, outlet, new OpenCalls(), warn));
  const stop = () => void replaceClient(before);
  return {
    records: outlet.records,
    events: (type) => outlet.records.filter((it) => isFinished(it, type)),
    warnings,
    stop,
    [Symbol.dispose]: stop,
  };
}

function isFinished(record: CapturedRecord, type: string | undefined): boolean {
  const isEvent = record.kind === 'event' || record.kind === 'event.update';
  return isEvent && 'ended_at' in record && (type === undefined || record['type'] === type);
}
