import type { TreeFile } from './tree.ts';

/** Places of one machine; built from parts, so that this file does not hold them itself. */
const places = ['work', 'tmp', 'root', 'home/[a-z]+'].map((name) => `/${name}/`);
const outside = `\\.\\./${'shared'}\\b`;
const absolute = new RegExp(`(?:^|[\\s'"\`(=:])(?:${places.join('|')})|${outside}`);

/** Paths that exist on one machine only, in any tracked text. */
export function checkWords(files: readonly TreeFile[]): readonly string[] {
  return files
    .filter(({ path }) => path !== 'package-lock.json')
    .flatMap(({ path, text }) =>
      text.split('\n').flatMap((line, index) => {
        const match = absolute.exec(line);
        return match === null
          ? []
          : [`${path}:${index + 1}: found ${match[0].trim()}, wanted no path of one machine`];
      }),
    );
}
