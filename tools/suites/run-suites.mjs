/**
 * Runs suites one after the other, prints what each gave and, as the last line alone, the sum.
 *
 * @param {readonly import('./check-suites.mjs').Suite[]} suites
 * @param {import('./check-suites.mjs').Place} place
 * @returns {Promise<number>} The exit code: 1 where anything failed.
 */
export async function runSuites(suites, place) {
  const lines = [];
  const sum = { passed: 0, failed: 0 };
  for (const suite of suites) {
    console.log(`\n── ${suite.name} ──`);
    const began = Date.now();
    const { passed, failed } = await suite.run(place);
    sum.passed += passed;
    sum.failed += failed;
    const seconds = Math.round((Date.now() - began) / 1000);
    lines.push(
      `${failed === 0 ? 'ok  ' : 'FAIL'} ${suite.name}: ${passed} passed, ${failed} failed (${seconds} s)`,
    );
    console.log(lines.at(-1));
  }
  console.log(`\n${lines.join('\n')}\n\n${sum.passed} passed, ${sum.failed} failed`);
  return sum.failed === 0 ? 0 : 1;
}
