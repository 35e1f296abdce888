import { writeFileSync } from 'node:fs';
import { generatePolicyCases } from './vectors/generate-policy-cases.ts';

/** `node tools/make-policy-vectors.ts FILE [COUNT] [SEED]`: random policy cases, one a line, for both languages. */
function main([file, count = '125', seed = '20261124']: readonly string[]): number {
  if (file === undefined) {
    console.error('Cannot make vectors: no file given: make-policy-vectors.ts FILE [COUNT] [SEED]');
    return 2;
  }
  const lines = generatePolicyCases(Number(count), Number(seed)).map((one) => JSON.stringify(one));
  writeFileSync(file, `{"version":1,"cases":[\n${lines.join(',\n')}\n]}\n`);
  return 0;
}

process.exitCode = main(process.argv.slice(2));
