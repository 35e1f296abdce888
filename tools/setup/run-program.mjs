import { spawn } from 'node:child_process';

/**
 * @typedef {object} ProgramOptions
 * @property {string} [cwd] Where it runs; the current folder when left out.
 * @property {NodeJS.ProcessEnv} [env] Variables beside the current ones.
 * @property {boolean} [quiet] Keep its output instead of streaming it.
 *
 * @typedef {object} ProgramEnd
 * @property {number} code Exit code; 127 when it could not be started, 128 when a signal ended it.
 * @property {string} output What it printed, both streams, at most the last 200,000 characters.
 */

const maxOutputCharacters = 200_000;

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set();

/** Lets SIGTERM and SIGINT end what {@link runProgram} runs, and then this process. */
export function passSignalsToPrograms() {
  for (const [signal, code] of /** @type {const} */ ([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ])) {
    process.once(signal, () => {
      for (const child of running) child.kill(signal);
      process.exit(code);
    });
  }
}

/**
 * Runs a program to its end, its output streamed as it comes. Never throws.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {ProgramOptions} [options]
 * @returns {Promise<ProgramEnd>}
 */
export function runProgram(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    /** @param {NodeJS.WritableStream} target */
    const keep = (target) => (/** @type {Buffer} */ chunk) => {
      output = (output + chunk.toString()).slice(-maxOutputCharacters);
      if (options.quiet !== true) target.write(chunk);
    };
    child.stdout.on('data', keep(process.stdout));
    child.stderr.on('data', keep(process.stderr));
    running.add(child);
    child.on('error', (error) => resolve({ code: 127, output: `${output}${error.message}\n` }));
    child.on('close', (code) => {
      running.delete(child);
      resolve({ code: code ?? 128, output });
    });
  });
}
