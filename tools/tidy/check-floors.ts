import { resolveImport } from './imports.ts';
import { parseScript } from './parse-script.ts';
import { isScript, isTest, type TreeFile } from './tree.ts';

interface Floor {
  /** Where the floor's files lie. */
  readonly at: string;
  /** What they may import besides themselves, by the beginning of the path or by pattern. */
  readonly may: readonly (string | RegExp)[];
  /** Packages that they may not import. */
  readonly never?: RegExp;
}

const engines = /^(?:better-sqlite3|kysely|pg)\b/;
const enginesAndHttp = /^(?:better-sqlite3|kysely|pg|fastify|@fastify\/|node:https?$)/;
/** What lies in the storage folder itself; engines, queries and migrations lie below it. */
const port = /^server\/src\/storage\/[^/]+\.ts$/;
const context = 'server/src/context';
/** What every part of the server may know of the process it runs in. */
const process = /^server\/src\/(?:(?:config|log|version)\.ts$|metrics\/)/;
const commands = 'server/src/commands/';

/** The first floor whose place a file's path begins with holds. */
const floors: readonly Floor[] = [
  { at: 'core/src/', may: [], never: /./ },
  { at: 'protocol/src/', may: ['core/src/'], never: /^(?!zod$)/ },
  { at: 'server/src/storage/', may: ['core/src/'], never: /^(?:fastify|@fastify\/|node:https?$)/ },
  { at: 'server/src/live/', may: [port], never: enginesAndHttp },
  { at: commands, may: ['core/src/', port, context], never: enginesAndHttp },
  {
    at: 'server/src/jobs/',
    may: ['core/src/', commands, port, context, process],
    never: enginesAndHttp,
  },
  { at: 'server/src/prices/', may: ['core/src/'] },
  {
    at: 'server/src/http/',
    may: ['protocol/src/', 'core/src/', commands, 'server/src/live/', port, context, process],
    never: engines,
  },
  { at: 'server/src/', may: ['server/src/', 'core/src/', 'protocol/src/'] },
  { at: 'sdk-typescript/src/', may: ['core/src/', 'protocol/src/'] },
  { at: 'dashboard/src/', may: ['core/src/', 'protocol/src/'] },
];

/** Imports that go against the floors of ARCHITECTURE.md, one line each. */
export function checkFloors(files: readonly TreeFile[]): readonly string[] {
  return files
    .filter(({ path }) => isScript(path) && !isTest(path))
    .flatMap((file) => parseScript(file).imports.flatMap((name) => problemOf(file.path, name)));
}

function problemOf(path: string, name: string): readonly string[] {
  const floor = floors.find(({ at }) => path.startsWith(at));
  if (floor === undefined) return [];
  const target = resolveImport(path, name);
  if (target !== null && !isScript(target)) return [];
  if (target === null) {
    return floor.never?.test(name) === true
      ? [`${path}: imports ${name}, which ${floor.at} may not`]
      : [];
  }
  const allowed = [floor.at, ...floor.may];
  if (!allowed.some((place) => isAt(place, target))) {
    return [`${path}: imports ${target}, wanted only ${allowed.join(', ')}`];
  }
  return crossesFeatures(path, target) ? [`${path}: imports ${target} of another feature`] : [];
}

function isAt(place: string | RegExp, target: string): boolean {
  return typeof place === 'string' ? target.startsWith(place) : place.test(target);
}

/** A feature of the dashboard knows only itself, the components and the library. */
function crossesFeatures(path: string, target: string): boolean {
  const own = /^dashboard\/src\/features\/[^/]+\//.exec(path)?.[0];
  if (own === undefined || !target.startsWith('dashboard/src/')) return false;
  const allowed = [own, 'dashboard/src/components/', 'dashboard/src/lib/'];
  return !allowed.some((start) => target.startsWith(start));
}
