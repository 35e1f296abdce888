import { readFileSync } from 'node:fs';
import { checkCostCase } from './vectors/check-cost-case.ts';
import { checkPolicyCase } from './vectors/check-policy-case.ts';

/** `npm run vectors -- FILE…`: runs the cases of each file through the shipped code, exit code 1 if any differs. */
function main(files: readonly string[]): number {
  if (files.length === 0) {
    console.error('Cannot run vectors: no file given: npm run vectors -- FILE…');
    return 2;
  }
  let differing = 0;
  for (const file of files) differing += runFile(file);
  return differing === 0 ? 0 : 1;
}

function runFile(file: string): number {
  const cases = readCases(file);
  if (typeof cases === 'string') {
    console.error(`Cannot run ${file}: ${cases}`);
    return 1;
  }
  let differing = 0;
  for (const [index, vector] of cases.entries()) {
    const differences = 'policies' in vector ? checkPolicyCase(vector) : checkCostCase(vector);
    if (differences.length > 0) differing += 1;
    const name = vector['id'] ?? vector['name'] ?? `case ${index}`;
    for (const line of differences) console.log(`${file}: ${String(name)}: ${line}`);
  }
  console.log(`${file}: ${cases.length} cases, ${differing} differ`);
  return differing;
}

type Case = Readonly<Record<string, unknown>>;

function readCases(file: string): readonly Case[] | string {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'), exactNanoUsd);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  const cases = (content as { cases?: unknown } | null)?.cases;
  if (!Array.isArray(cases)) return 'expected an object with an array `cases`';
  if (cases.some((each) => typeof each !== 'object' || each === null || Array.isArray(each))) {
    return 'expected every case to be an object';
  }
  return cases as Case[];
}

/** Nano-USD can be greater than a double holds exactly: keep its own digits. */
function exactNanoUsd(key: string, value: unknown, context?: { source?: string }): unknown {
  return key === 'expected_nano_usd' && typeof value === 'number' ? context?.source : value;
}

process.exitCode = main(process.argv.slice(2));
