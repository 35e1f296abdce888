import { useState } from 'react';
import { formatCount } from '../lib/format-count.ts';

const CUT_AT = 3_000;
/** Cutting off less than this costs a click and saves nothing. */
const LEAST_REST = 500;

export function isLong(text: string): boolean {
  return text.length > CUT_AT + LEAST_REST;
}

/** A text as it was written; a very long one is cut until the reader asks for the rest. */
export function LongText({ text }: { readonly text: string }) {
  const [whole, setWhole] = useState(false);
  const cut = isLong(text) && !whole;
  return (
    <div className="break-words whitespace-pre-wrap">
      {cut ? text.slice(0, CUT_AT) : text}
      {cut && (
        <>
          …{' '}
          <button
            type="button"
            onClick={() => setWhole(true)}
            className="font-semibold text-accent hover:underline"
          >
            show all {formatCount(text.length)} characters
          </button>
        </>
      )}
    </div>
  );
}
