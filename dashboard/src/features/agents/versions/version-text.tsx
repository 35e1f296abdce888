import type { AgentVersion } from '@niitaka/protocol/agent.ts';
import { LongText } from '../../../components/long-text.tsx';
import { versionFields } from './version-fields.ts';

/** What one version says. */
export function VersionText({ version }: { readonly version: AgentVersion }) {
  const fields = versionFields(version, version);
  const prompt = version.system_prompt ?? '';
  return (
    <>
      {fields.length === 0 ? (
        <p className="text-muted">It sets no model, number or guardrail.</p>
      ) : (
        <dl>
          {fields.map(({ field, after }) => (
            <div key={field} className="flex gap-3 border-t border-line2 py-1 first:border-t-0">
              <dt className="w-[100px] shrink-0 text-muted">{field}</dt>
              <dd className="min-w-0 break-words">{after}</dd>
            </div>
          ))}
        </dl>
      )}
      <h3 className="mt-4 mb-1.5 text-sm font-semibold text-muted">Prompt</h3>
      {prompt === '' ? (
        <p className="text-muted">It sets no prompt.</p>
      ) : (
        <div className="rounded-md border border-line2 px-3 py-2 font-mono text-sm">
          <LongText text={prompt} />
        </div>
      )}
    </>
  );
}
