/** Something the person at the keyboard can put right: printed without a stack. */
export class SetupError extends Error {}

/**
 * Runs a tool's main function and sets the exit code; a {@link SetupError} is one clear line.
 *
 * @param {() => Promise<number>} main
 */
export async function runMain(main) {
  try {
    process.exitCode = await main();
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
