import { readPolicy } from '@niitaka/core/policy/parse-policy.ts';
import type { Policy } from '@niitaka/protocol/policy.ts';
import { Link } from '@tanstack/react-router';
import { PhraseText } from '../../../components/phrase-text.tsx';
import { policySentence } from '../../../lib/policy-words/policy-sentence.ts';

/** What a policy is called, leading to it, and below it what it does. */
export function PolicyName({ policy }: { readonly policy: Policy }) {
  const read = readPolicy(policy);
  return (
    <>
      <Link
        to="/policies"
        search={(old) => ({ ...old, policy: policy.id, show: undefined })}
        data-row
        className="rounded-sm font-semibold break-words hover:underline"
      >
        {policy.name}
      </Link>
      <p className={`text-sm ${read.type === 'broken' ? 'text-rust' : 'text-muted'}`}>
        <PhraseText phrase={policySentence(read)} />
      </p>
    </>
  );
}
