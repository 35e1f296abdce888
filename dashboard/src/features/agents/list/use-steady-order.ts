import { useState } from 'react';
import { keepOrder } from './keep-order.ts';

/** Holds the order of a list until `key` changes or the reader asks for a new one. */
export function useSteadyOrder<A extends { readonly id: string }>(
  key: string,
  sorted: readonly A[] | undefined,
) {
  const [held, setHeld] = useState<{ key: string; ids: readonly string[] } | null>(null);
  const ids = sorted?.map(({ id }) => id);
  if (ids !== undefined && held?.key !== key) setHeld({ key, ids });
  const items = sorted && keepOrder(held?.key === key ? held.ids : [], sorted);
  return {
    items,
    /** Whether live figures would have put the rows in another order. */
    isStale: items?.some(({ id }, index) => id !== ids?.[index]) ?? false,
    sortAgain: () => ids && setHeld({ key, ids }),
  };
}
