import { parseArgs } from 'node:util';

/** What the program is asked to do. */
export type Order =
  | { readonly name: 'serve' }
  | { readonly name: 'link'; readonly person: string | null }
  | { readonly name: 'verify' }
  | { readonly name: 'help' }
  | { readonly name: 'version' };

/** The order, or what is wrong with the arguments. */
export type ParsedArguments =
  | { readonly ok: true; readonly order: Order }
  | { readonly ok: false; readonly problem: string };

export const usage = `Usage: niitaka [command]

  (none)               start the server
  link [--name NAME]   print a one-time sign-in link, for the first admin or for NAME
  verify               recompute every figure from the stored events and report differences
  --version, --help`;

const longestName = 100;

/** Reads the arguments of the command line. */
export function parseArguments(args: readonly string[]): ParsedArguments {
  let parsed;
  try {
    parsed = parseArgs({ args: [...args], allowPositionals: true, options });
  } catch (error) {
    return refused(error instanceof Error ? error.message : String(error));
  }
  const { values, positionals } = parsed;
  if (values.help === true) return accepted({ name: 'help' });
  if (values.version === true) return accepted({ name: 'version' });
  const [command, ...rest] = positionals;
  if (rest.length > 0) return refused(`Found ${JSON.stringify(rest[0])}: one command is enough`);
  if (values.name !== undefined && command !== 'link') return refused('--name belongs to link');
  if (command === undefined) return accepted({ name: 'serve' });
  if (command === 'verify') return accepted({ name: 'verify' });
  if (command === 'link') return linkOrder(values.name);
  return refused(`There is no command ${JSON.stringify(command)}`);
}

const options = {
  name: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
} as const;

function linkOrder(name: string | undefined): ParsedArguments {
  if (name === undefined) return accepted({ name: 'link', person: null });
  const person = name.trim();
  const fits = person.length > 0 && person.length <= longestName;
  if (!fits)
    return refused(`--name must have 1 to ${longestName} characters: found ${person.length}`);
  return accepted({ name: 'link', person });
}

function accepted(order: Order): ParsedArguments {
  return { ok: true, order };
}

function refused(problem: string): ParsedArguments {
  return { ok: false, problem };
}
