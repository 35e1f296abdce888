/**
 * Runs suites one after the other, and beside them those that mostly wait, one after the other too; prints what each
 * gave and, as the last line alone, the sum.
 *
 * @param {readonly import('./check-suites.mjs').Suite[]} suites
 * @param {import('./check-suites.mjs').Place} place
 * @returns {Promise<number>} The exit code: 1 where anything failed.
 */
export async function runSuites(suites, place) {
  const lines = [];
  const sum = { passed: 0, failed: 0 };
  const isAlone = suites.length === 1;
  const waiting = suites.filter((suite) => suite.isBeside === true && !isAlone);
  const beside = beginInTurn(waiting, { ...place, isQuiet: true });
  const inTurn = suites.filter((suite) => suite.isBeside !== true || isAlone);
  const turns = inTurn.map((suite) => ({ name: suite.name, running: null, suite }));
  for (const turn of [...turns, ...beside]) {
    console.log(`\n── ${turn.name} ──`);
    const { passed, failed, output, seconds } =
      turn.running === null ? await timed(turn.suite, place) : await turn.running;
    if (output !== undefined) console.log(output);
    sum.passed += passed;
    sum.failed += failed;
    const mark = failed === 0 ? 'ok  ' : 'FAIL';
    lines.push(`${mark} ${turn.name}: ${passed} passed, ${failed} failed (${seconds} s)`);
    console.log(lines.at(-1));
  }
  console.log(`\n${lines.join('\n')}\n\n${sum.passed} passed, ${sum.failed} failed`);
  return sum.failed === 0 ? 0 : 1;
}

/**
 * Each begins when the one before has ended; nobody has to wait for them.
 *
 * @param {readonly import('./check-suites.mjs').Suite[]} suites
 * @param {import('./check-suites.mjs').Place} place
 */
function beginInTurn(suites, place) {
  /** @type {Promise<unknown>} */
  let former = Promise.resolve();
  return suites.map((suite) => {
    const running = former.then(() => timed(suite, place));
    former = running;
    return { name: suite.name, running };
  });
}

/**
 * @param {import('./check-suites.mjs').Suite} suite
 * @param {import('./check-suites.mjs').Place} place
 */
async function timed(suite, place) {
  const began = Date.now();
  const outcome = await suite.run(place);
  return { ...outcome, seconds: Math.round((Date.now() - began) / 1000) };
}
