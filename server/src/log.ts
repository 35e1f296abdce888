import { pino, type Logger } from 'pino';
import type { LogLevel } from './config.ts';

/** The server's log: one JSON object a line. */
export type Log = Logger;

// Standard output belongs to what a person reads; the log goes to standard error.
const standardError = 2;

/** Opens the log. Keys, cookies and the content of records never reach it. */
export function openLog(level: LogLevel): Log {
  return pino(
    { level, base: null, timestamp: isoTime, messageKey: 'message' },
    pino.destination({ dest: standardError, sync: true }),
  );
}

function isoTime(): string {
  return `,"time":"${new Date().toISOString()}"`;
}
