import { setTimeout as sleep } from 'node:timers/promises';
import { readSettings, type Settings } from '../client/settings.ts';
import { currentSession, startSession } from '../index.ts';
import { spoolFolder, spoolRoot } from '../spool/spool-folder.ts';
import { capture } from '../testing/capture.ts';
import { clockOffsetMs } from './clock-offset.ts';
import { roundTrip } from './round-trip.ts';
import { deleteSegments, spoolHealth } from './spool-health.ts';

/** The server corrects clocks that are off by more than this. */
const clockToleranceMs = 2000;

type Print = (line: string) => void;
type Check = readonly [isGood: boolean, text: string];

/** Checks everything that must be right for events to arrive, a line each; true when all is well. */
export async function runDoctor(deletesOrphans: boolean, print: Print): Promise<boolean> {
  const settings = read(print);
  if (settings === null) return false;
  const checks: Check[] = [keyCheck(settings)];
  const { apiKey, apiUrl } = settings;
  if (apiKey !== null) checks.push(await tripCheck(apiUrl, apiKey));
  checks.push(await clockCheck(apiUrl), await contextCheck());
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

function keyCheck({ apiKey, isDisabled }: Settings): Check {
  if (isDisabled) return [false, 'key: NIITAKA_DISABLED is set, nothing is recorded'];
  if (apiKey === null) return [false, 'key: NIITAKA_API_KEY is not set, nothing is recorded'];
  return [true, `key: ${apiKey.slice(0, 11)}…`];
}

async function tripCheck(apiUrl: string, apiKey: string): Promise<Check> {
  const { trouble, tookMs } = await roundTrip(apiUrl, apiKey);
  if (trouble !== null) return [false, `address: ${apiUrl}: ${trouble}`];
  return [true, `address: ${apiUrl}, one round trip in ${tookMs.toFixed(0)} ms`];
}

async function clockCheck(apiUrl: string): Promise<Check> {
  const offsetMs = await clockOffsetMs(apiUrl);
  if (offsetMs === null) return [false, 'clock: not compared, the server did not answer'];
  const seconds = (Math.abs(offsetMs) / 1000).toFixed(1);
  if (Math.abs(offsetMs) <= clockToleranceMs) return [true, 'clock: within 2 s of the server'];
  const side = offsetMs > 0 ? 'behind' : 'ahead of';
  return [true, `clock: ${seconds} s ${side} the server, which corrects it`];
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
    ? [true, 'context: the session follows promises and timers']
    : [false, 'context: AsyncLocalStorage loses the session in this runtime'];
}

function spoolChecks(apiUrl: string, apiKey: string, deletesOrphans: boolean): Check[] {
  const root = spoolRoot(process.env, process.platform);
  const folder = spoolFolder(root, apiUrl, apiKey);
  const { trouble, waiting, orphans, orphanBytes } = spoolHealth(root, folder, Date.now());
  const state = trouble ?? `${waiting} segments wait for the next process`;
  const checks: Check[] = [[trouble === null, `spool: ${folder}: ${state}`]];
  if (orphans.length === 0) return checks;
  const size = `${orphans.length} orphans of other keys, ${(orphanBytes / 1024).toFixed(0)} KiB`;
  if (deletesOrphans) deleteSegments(orphans);
  const fate = deletesOrphans ? 'deleted' : 'delete them with --delete-orphans';
  return [...checks, [true, `spool: ${size}: ${fate}`], ...orphanLines(orphans)];
}

function orphanLines(orphans: readonly string[]): Check[] {
  return orphans.slice(0, 20).map((path): Check => [true, `       ${path}`]);
}
