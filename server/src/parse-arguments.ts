import { parseArgs } from 'node:util';
import { parseDays } from './config.ts';
import type { RetentionOrder } from './operations/apply-retention.ts';

/** What the program is asked to do. */
export type Order =
  | { readonly name: 'serve' }
  | { readonly name: 'link'; readonly person: string | null }
  | { readonly name: 'verify' }
  | { readonly name: 'backup'; readonly to: string }
  | { readonly name: 'restore'; readonly from: string; readonly replaces: boolean }
  | { readonly name: 'copy'; readonly from: string; readonly to: string }
  | ({ readonly name: 'retention' } & RetentionOrder)
  | { readonly name: 'delete'; readonly kind: 'session' | 'agent'; readonly id: string }
  | { readonly name: 'migrate'; readonly isCitus: boolean }
  | { readonly name: 'help' }
  | { readonly name: 'version' };

/** The order, or what is wrong with the arguments. */
export type ParsedArguments =
  | { readonly ok: true; readonly order: Order }
  | { readonly ok: false; readonly problem: string };

export const usage = `Usage: niitaka [command]

  (none)                    start the server
  link [--name NAME]        print a one-time sign-in link, for the first admin or for NAME
  verify                    recompute every figure from the stored events and report differences
  backup PATH               write the database to a file, also while the server runs
  restore PATH [--replace]  make a backup the database of NIITAKA_DATA, in place of another with --replace
  copy FROM TO              copy all to a database of the other kind, or go on with it; each is sqlite:PATH or
                            postgres://…
  retention [--days N] [--environment E] [--dry-run]
                            delete the sessions that ended more than N days ago (else as NIITAKA_RETENTION_DAYS
                            says), or count them
  delete session ID         delete a session with all that belongs to it; prints a receipt
  delete agent ID           the same for an agent with all its sessions
  migrate [--citus]         bring the schema up to date, as a start does; --citus distributes it over a cluster
  --version, --help`;

const longestName = 100;

const options = {
  name: { type: 'string' },
  replace: { type: 'boolean' },
  days: { type: 'string' },
  environment: { type: 'string' },
  'dry-run': { type: 'boolean' },
  citus: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
} as const;

/** What stands for an option on the command line. */
interface Values {
  readonly name?: string;
  readonly replace?: boolean;
  readonly days?: string;
  readonly environment?: string;
  readonly 'dry-run'?: boolean;
  readonly citus?: boolean;
}

interface Command {
  /** The words that follow it, as the usage names them. */
  readonly words: readonly string[];
  readonly options: readonly (keyof Values)[];
  make(words: readonly string[], values: Values): ParsedArguments;
}

const commands: Readonly<Record<string, Command>> = {
  link: { words: [], options: ['name'], make: (_, { name }) => linkOrder(name) },
  verify: { words: [], options: [], make: () => accepted({ name: 'verify' }) },
  backup: {
    words: ['PATH'],
    options: [],
    make: ([to = '']) => accepted({ name: 'backup', to }),
  },
  restore: {
    words: ['PATH'],
    options: ['replace'],
    make: ([from = ''], { replace = false }) =>
      accepted({ name: 'restore', from, replaces: replace }),
  },
  copy: {
    words: ['FROM', 'TO'],
    options: [],
    make: ([from = '', to = '']) => accepted({ name: 'copy', from, to }),
  },
  retention: {
    words: [],
    options: ['days', 'environment', 'dry-run'],
    make: (_, values) => retentionOrder(values),
  },
  delete: {
    words: ['session or agent', 'ID'],
    options: [],
    make: ([kind = '', id = '']) =>
      kind === 'session' || kind === 'agent'
        ? accepted({ name: 'delete', kind, id })
        : refused(`delete wants session or agent after it: found ${JSON.stringify(kind)}`),
  },
  migrate: {
    words: [],
    options: ['citus'],
    make: (_, { citus: isCitus = false }) => accepted({ name: 'migrate', isCitus }),
  },
};

/** Reads the arguments of the command line. */
export function parseArguments(args: readonly string[]): ParsedArguments {
  let parsed;
  try {
    parsed = parseArgs({ args: [...args], allowPositionals: true, options });
  } catch (error) {
    return refused(error instanceof Error ? error.message : String(error));
  }
  const { help, version, ...values } = parsed.values;
  if (help === true) return accepted({ name: 'help' });
  if (version === true) return accepted({ name: 'version' });
  const [name, ...words] = parsed.positionals;
  const stray = strayOption(name, values);
  if (stray !== null) return refused(stray);
  if (name === undefined) return accepted({ name: 'serve' });
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined) return refused(`There is no command ${JSON.stringify(name)}`);
  return wordsProblem(name, command, words) ?? command.make(words, values);
}

/** An option that another command takes. */
function strayOption(name: string | undefined, values: Values): string | null {
  const allowed = commands[name ?? '']?.options ?? [];
  const stray = (Object.keys(values) as (keyof Values)[]).find((one) => !allowed.includes(one));
  if (stray === undefined) return null;
  const owners = Object.keys(commands).filter((one) => commands[one]?.options.includes(stray));
  return `--${stray} belongs to ${owners.join(' and ')}`;
}

function wordsProblem(
  name: string,
  { words: wanted }: Command,
  words: readonly string[],
): ParsedArguments | null {
  const extra = words[wanted.length];
  if (extra !== undefined) {
    const enough =
      wanted.length === 0 ? 'one command is enough' : `${name} takes ${wanted.join(' ')}`;
    return refused(`Found ${JSON.stringify(extra)}: ${enough}`);
  }
  const missing = wanted[words.length];
  return missing === undefined ? null : refused(`${name} wants ${missing} after it`);
}

function linkOrder(name: string | undefined): ParsedArguments {
  if (name === undefined) return accepted({ name: 'link', person: null });
  const person = name.trim();
  const fits = person.length > 0 && person.length <= longestName;
  if (!fits)
    return refused(`--name must have 1 to ${longestName} characters: found ${person.length}`);
  return accepted({ name: 'link', person });
}

function retentionOrder(values: Values): ParsedArguments {
  const { days: text, environment = null, 'dry-run': isDryRun = false } = values;
  const days = text === undefined ? null : parseDays(text);
  if (Number.isNaN(days)) {
    return refused(`--days must be a whole number from 1 to 36500: found ${JSON.stringify(text)}`);
  }
  return accepted({ name: 'retention', days, environment, isDryRun });
}

function accepted(order: Order): ParsedArguments {
  return { ok: true, order };
}

function refused(problem: string): ParsedArguments {
  return { ok: false, problem };
}
