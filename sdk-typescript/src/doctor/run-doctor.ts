import { setTimeout as sleep } from 'node:timers/promises';
import { readSettings, type Settings } from '../client/settings.ts';
import { currentSession, startSession } from '../index.ts';
import { spoolFolder, spoolRoot } from '../spool/spool-folder.ts';
import { capture } from '../testing/capture.ts';
import { askServer, type ServerAnswer } from './ask-server.ts';
import { describeClock } from './clock-bounds.ts';
import { deleteSegments, spoolHealth } from './spool-health.ts';

type Print = (line: string) => void;
type Check = readonly [isGood: boolean, text: string];

/** Checks everything that must be right for events to arrive, a line each; true when all is well. */
export async function runDoctor(deletesOrphans: boolean, print: Print): Promise<boolean> {
  const settings = read(print);
  if (settings === null) return false;
  const checks: Check[] = [keyCheck(settings)];
  const { apiKey, apiUrl } = settings;
  const answer = await askServer(apiUrl, apiKey ?? '');
  if (apiKey !== null) checks.push(addressCheck(apiUrl, answer));
  checks.push(clockCheck(answer), await contextCheck());
  if (apiKey !== null) checks.push(...spoolChecks(apiUrl, apiKey, deletesOrphans));
  for (const [isGood, text] of checks) print(`${isGood ? 'ok  ' : 'FAIL'}  ${text}`);
  return checks.every(([isGood]) => isGood);
}

function read(print: Print): Settings | null {
  try {
    return readSettings({}, process.env);
  } catch (error) {
    print(`FAIL  settings: ${error instanceof Error ? error.message : String(error)}`);
    return null;
  }
}

function keyCheck({ apiKey, environment, isDisabled }: Settings): Check {
  if (isDisabled) return [false, 'key: NIITAKA_DISABLED is set, nothing is recorded'];
  if (apiKey === null) return [false, 'key: NIITAKA_API_KEY is not set, nothing is recorded'];
  return [true, `key: ${apiKey.slice(0, 11)}..., environment ${environment ?? 'production'}`];
}

function addressCheck(apiUrl: string, { trouble, tookMs }: ServerAnswer): Check {
  if (trouble !== null) return [false, `address: ${apiUrl}: ${trouble}`];
  return [true, `address: ${apiUrl}, one round trip in ${tookMs.toFixed(0)} ms`];
}

function clockCheck({ clock }: ServerAnswer): Check {
  if (clock === null) return [false, 'clock: not compared, the server did not answer'];
  return [true, `clock: ${describeClock(clock)}`];
}

/** Whether the current session survives promises and timers in this runtime. */
async function contextCheck(): Promise<Check> {
  const captured = capture();
  const isKept = await startSession({ goal: 'doctor' }, async ({ sessionId }) => {
    await sleep(1);
    await Promise.resolve();
    return currentSession()?.sessionId === sessionId;
  }).finally(() => captured.stop());
  return isKept
    ? [true, 'context: the session is kept in asynchronous code']
    : [false, 'context: the session is lost in asynchronous code'];
}

function spoolChecks(apiUrl: string, apiKey: string, deletesOrphans: boolean): Check[] {
  const root = spoolRoot(process.env, process.platform);
  const folder = spoolFolder(root, apiUrl, apiKey);
  const { trouble, waiting, orphans, orphanBytes } = spoolHealth(root, folder, Date.now());
  const wait = `${waiting} segments wait for the next process`;
  const state = trouble === null ? wait : `cannot be written: ${trouble}`;
  const checks: Check[] = [[trouble === null, `spool: ${folder}: ${state}`]];
  if (orphans.length === 0) return checks;
  const size = `${orphans.length} segments of other keys, ${(orphanBytes / 1024).toFixed(0)} KiB`;
  if (deletesOrphans) deleteSegments(orphans);
  const fate = deletesOrphans ? 'deleted' : 'delete them with --delete-orphans';
  return [...checks, [true, `spool: ${size}: ${fate}`], ...orphanLines(orphans)];
}

function orphanLines(orphans: readonly string[]): Check[] {
  return orphans.slice(0, 20).map((path): Check => [true, `       ${path}`]);
}
