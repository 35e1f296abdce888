import { readPolicy } from '@niitaka/core/policy/parse-policy.ts';
import type { Policy } from '@niitaka/protocol/policy.ts';
import type { ImportedPolicy, PolicyImport } from '@niitaka/protocol/policy-import.ts';
import { PhraseText } from '../../../components/phrase-text.tsx';
import { Tag, type Tone } from '../../../components/tag.tsx';
import { policySentence } from '../../../lib/policy-words/policy-sentence.ts';
import { ChangeTable } from '../revisions/change-table.tsx';
import { policyChanges } from '../words/policy-changes.ts';
import { importText } from './import-text.ts';

const tags: Readonly<Record<ImportedPolicy['action'], readonly [string, Tone]>> = {
  create: ['new', 'accent'],
  update: ['changes', 'gold'],
  unchanged: ['as it is', 'neutral'],
};

/** What a file would change, policy by policy (P8). */
export function ImportPreview({ preview }: { readonly preview: PolicyImport }) {
  return (
    <section aria-label="What it changes" className="mt-3">
      <output className="block font-semibold">{importText(preview)}</output>
      <ul className="mt-2 max-h-72 divide-y divide-line2 overflow-y-auto rounded-md border border-line2">
        {preview.items.map((item) => (
          <li key={item.line} className="px-3 py-2">
            <ItemText item={item} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function ItemText({ item }: { readonly item: ImportedPolicy }) {
  const [word, tone] = tags[item.action];
  return (
    <>
      <p className="flex items-center gap-2">
        <span className="min-w-0 flex-1 truncate font-semibold">{item.after.name}</span>
        <Tag tone={tone}>{word}</Tag>
      </p>
      {item.action === 'create' && (
        <p className="text-sm text-muted">
          <PhraseText phrase={policySentence(readPolicy(policyOf(item, item.after)))} />
        </p>
      )}
      {item.action === 'update' && item.before !== null && (
        <ChangeTable
          heads={['Stands', 'File']}
          changes={policyChanges(policyOf(item, item.before), policyOf(item, item.after))}
        />
      )}
    </>
  );
}

/** What a policy does is not a matter of when it was made. */
const anyTime = '2000-01-01T00:00:00.000Z';

function policyOf(item: ImportedPolicy, body: ImportedPolicy['after']): Policy {
  return { ...body, id: item.id ?? 'new', revision: item.revision ?? 1, created_at: anyTime };
}
