/** Rows in the order in which they stood before; new ones follow in theirs, so that nothing moves under the reader. */
export function keepOrder<A extends { readonly id: string }>(
  heldIds: readonly string[],
  sorted: readonly A[],
): A[] {
  const places = new Map(heldIds.map((id, index) => [id, index]));
  const placeOf = (id: string) => places.get(id) ?? heldIds.length;
  return sorted.toSorted((one, other) => placeOf(one.id) - placeOf(other.id));
}
