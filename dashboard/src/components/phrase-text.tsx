import type { Phrase } from '../lib/policy-words/phrase.ts';

/** A sentence with its names in strong type. */
export function PhraseText({ phrase }: { readonly phrase: Phrase }) {
  const parts = phrase.map((part, place) => ({ part, key: `${place}` }));
  return parts.map(({ part, key }) =>
    typeof part === 'string' ? (
      part
    ) : (
      <strong key={key} className="font-semibold break-words">
        {part.strong}
      </strong>
    ),
  );
}
