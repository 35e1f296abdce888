import type { Redact } from '../content/redact-json.ts';

/** How this process reports; everything may be left out. */
export interface ConfigureOptions {
  /** API key with scope `ingest` (and `read` for `api`); else `NIITAKA_API_KEY`. Without one nothing is recorded. */
  readonly apiKey?: string | undefined;
  /** Address of the server; else `NIITAKA_URL`, else `http://127.0.0.1:4600`. */
  readonly apiUrl?: string | undefined;
  /** Environment of every session that names none; else `NIITAKA_ENV`, else `production`. */
  readonly environment?: string | undefined;
  /**
   * Path of a policy file (YAML): for the agents that it names its policies hold, and the server's do not. It is read
   * once, here.
   */
  readonly policyFile?: string | undefined;
  /**
   * What becomes of a model call under a limit on its tree once its part of the budget is spent and the server cannot
   * be reached: the totals that are known `decide` (the default), or it is `stop`ped.
   */
  readonly onUnreachable?: 'decide' | 'stop' | undefined;
  /** Keep records on disk until the server has them, so that a crash loses none. On by default. */
  readonly spool?: boolean | undefined;
  /** Send arguments and results of wrapped calls and tools. Off by default. */
  readonly captureContent?: boolean | undefined;
  /** Sees every value that the program hands over, before it is stored or sent. */
  readonly redact?: Redact | undefined;
  /** Seconds that the process may take at its end to send what is left; 2 by default. */
  readonly exitFlushSeconds?: number | undefined;
}
