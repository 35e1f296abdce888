import type { ListedPolicy } from '@niitaka/protocol/policy.ts';
import { useNarrow } from '../../../lib/use-media.ts';
import { PolicyCard } from './policy-card.tsx';
import { PolicyLine } from './policy-line.tsx';

export interface PolicyListProps {
  readonly items: readonly ListedPolicy[];
  readonly mayChange: boolean;
}

const heads = [
  ['Priority', 'text-right'],
  ['Policy', ''],
  ['Type and scope', ''],
  ['Threshold', ''],
  ['Agent', ''],
  ['Environment', ''],
  ['Hits in 7 d', 'text-right'],
  ['Revision', 'text-right'],
  ['Mode', ''],
] as const;

/** The policies in the order in which they are asked: a table, or cards on a narrow screen. */
export function PolicyList({ items, mayChange }: PolicyListProps) {
  if (useNarrow()) {
    return (
      <ul
        aria-label="Policies"
        className="divide-y divide-line2 rounded-lg border border-line bg-surface"
      >
        {items.map((policy) => (
          <PolicyCard key={policy.id} policy={policy} mayChange={mayChange} />
        ))}
      </ul>
    );
  }
  return (
    <section
      aria-label="Policies"
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls takes the focus
      tabIndex={0}
      className="overflow-x-auto rounded-lg border border-line bg-surface"
    >
      <table aria-label="Policies" className="w-full text-left">
        <thead>
          <tr>
            {heads.map(([head, align]) => (
              <th
                key={head}
                scope="col"
                className={`h-[34px] px-3 text-sm font-semibold whitespace-nowrap text-muted ${align}`}
              >
                {head}
              </th>
            ))}
            <th scope="col">
              <span className="sr-only">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {items.map((policy) => (
            <PolicyLine key={policy.id} policy={policy} mayChange={mayChange} />
          ))}
        </tbody>
      </table>
    </section>
  );
}
