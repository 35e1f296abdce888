import { failure } from '@niitaka/core/result.ts';

/** A change of something that was read in another revision than stands by now; `change` says which, to the letter. */
export function staleRevision(change: string, read: number, stands: number) {
  return failure('conflict', `Cannot ${change}: revision ${read} was read, ${stands} stands`);
}
