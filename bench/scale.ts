import { figureOf, withoutBar, type Figure } from './figure.ts';
import { benchReads, fullScale } from './reads.ts';

const flatReads = ['list', 'list as the page asks', 'tiles'];

/** The reads at several sizes of the database; list and tiles are to be flat, the slowest p95 over the fastest. */
export async function benchScale(
  sizes: readonly number[],
  runs: number,
): Promise<readonly Figure[]> {
  const bySize: (readonly Figure[])[] = [];
  for (const sessions of sizes) {
    const figures = await benchReads({ ...fullScale, sessions }, runs);
    bySize.push(figures.map((figure) => ({ ...figure, name: `${figure.name} at ${sessions}` })));
  }
  const all = bySize.flat();
  const flat = flatReads.map((read) => {
    const values = sizes.map(
      (size) => all.find(({ name }) => name === `reads ${read} at ${size}`)?.p95 ?? Number.NaN,
    );
    const name = `scale ${read}, slowest of fastest`;
    return figureOf(name, 'ratio', [Math.max(...values) / Math.min(...values)], '<= 2');
  });
  return [...all.map(withoutBar), ...flat];
}
