import type { Redact } from '../content/redact-json.ts';
import type { PolicyFile } from '../policy/policy-file.ts';
import { checkText, isObject, refused } from '../session/check-arguments.ts';
import type { ConfigureOptions } from './configure-options.ts';

/** Where a server listens when nobody says otherwise. */
export const defaultUrl = 'http://127.0.0.1:4600';

/** Variables of the environment by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What `configure` made of options and environment. */
export interface Settings {
  /** Null when there is none: nothing is recorded. */
  readonly apiKey: string | null;
  /** Without a trailing slash. */
  readonly apiUrl: string;
  /** Null leaves the choice to the server: `production`. */
  readonly environment: string | null;
  readonly policyFile: PolicyFile | null;
  readonly onUnreachable: 'decide' | 'stop';
  readonly spool: boolean;
  readonly captureContent: boolean;
  readonly redact: Redact | null;
  readonly exitFlushMs: number;
  readonly isDisabled: boolean;
  /** Misuse throws instead of warning; for tests. */
  readonly isStrict: boolean;
}

/** Reads options over the environment; throws a `TypeError` that names the bad option. */
export function readSettings(
  options: ConfigureOptions,
  env: Environment,
  policyFile: PolicyFile | null = null,
): Settings {
  checkOptions(options);
  const exitFlushSeconds = options.exitFlushSeconds ?? 2;
  return {
    apiKey: readKey(options.apiKey, 'apiKey') ?? readKey(env['NIITAKA_API_KEY'], 'NIITAKA_API_KEY'),
    apiUrl: options.apiUrl
      ? readUrl(options.apiUrl, 'apiUrl')
      : readUrl(env['NIITAKA_URL'] || defaultUrl, 'NIITAKA_URL'),
    environment: options.environment || env['NIITAKA_ENV'] || null,
    policyFile,
    onUnreachable: options.onUnreachable ?? 'decide',
    spool: options.spool ?? true,
    captureContent: options.captureContent ?? false,
    redact: options.redact ?? null,
    exitFlushMs: exitFlushSeconds * 1000,
    isDisabled: isOn(env['NIITAKA_DISABLED']),
    isStrict: isOn(env['NIITAKA_STRICT']),
  };
}

function checkOptions(options: ConfigureOptions): void {
  if (!isObject(options)) throw refused('options', 'an object', options);
  for (const name of ['apiKey', 'apiUrl', 'environment', 'policyFile'] as const) {
    checkText(options[name], name);
  }
  for (const name of ['spool', 'captureContent'] as const) {
    if (typeof (options[name] ?? true) !== 'boolean') {
      throw refused(name, 'true or false', options[name]);
    }
  }
  if (!['decide', 'stop'].includes(options.onUnreachable ?? 'decide')) {
    throw refused('onUnreachable', 'one of decide, stop', options.onUnreachable);
  }
  if (typeof (options.redact ?? checkText) !== 'function') {
    throw refused('redact', 'a function', options.redact);
  }
  const seconds = options.exitFlushSeconds ?? 2;
  if (typeof seconds !== 'number' || !(seconds >= 0 && seconds <= 60)) {
    throw refused('exitFlushSeconds', '0 to 60', seconds);
  }
}

function readKey(key: string | undefined, name: string): string | null {
  const trimmed = key?.trim() ?? '';
  if (trimmed === '') return null;
  // A header cannot carry anything else; the key itself is never shown.
  if (!/^[\x21-\x7e]+$/.test(trimmed)) {
    throw new TypeError(`${name} must be printable ASCII without spaces, like nk_...`);
  }
  return trimmed;
}

function readUrl(text: string, name: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw refused(name, 'an http or https address', text);
  }
  return text.trim().replace(/\/+$/, '');
}

function isOn(value: string | undefined): boolean {
  return value !== undefined && !['', '0', 'false', 'no', 'off'].includes(value.toLowerCase());
}
