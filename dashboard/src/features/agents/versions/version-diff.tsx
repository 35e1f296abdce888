import type { AgentVersion } from '@niitaka/protocol/agent.ts';
import { classNames } from '../../../components/class-names.ts';
import { PromptDiff } from './prompt-diff.tsx';
import { versionFields, type VersionField } from './version-fields.ts';

export interface VersionDiffProps {
  readonly before: AgentVersion;
  readonly after: AgentVersion;
  /** What the two are called; their numbers unless said. */
  readonly heads?: readonly [before: string, after: string];
}

/** Two versions side by side: every field, and the prompt by line (A3). */
export function VersionDiff({ before, after, ...props }: VersionDiffProps) {
  const fields = versionFields(before, after);
  const heads = props.heads ?? [`Version ${before.number}`, `Version ${after.number}`];
  return (
    <>
      <table aria-label="Fields side by side" className="w-full table-fixed text-left">
        <thead className="text-sm text-muted">
          <tr>
            {['Field', ...heads].map((head) => (
              <th
                key={head}
                scope="col"
                className="py-1 pr-3 font-semibold first:w-[112px] max-sm:first:w-[88px]"
              >
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {fields.map((field) => (
            <tr key={field.field} className="border-t border-line2 align-top">
              <th scope="row" className="py-1 pr-3 font-normal text-muted">
                {field.field}
              </th>
              <td className="py-1 pr-3 break-words text-muted">{field.before ?? '–'}</td>
              <td className={classNames('py-1 pr-3 break-words', field.changed && 'font-semibold')}>
                {field.after ?? '–'}
                {field.changed && (
                  <span className="ml-1.5 text-sm text-gold">{changeWord(field)}</span>
                )}
              </td>
            </tr>
          ))}
          {fields.length === 0 && (
            <tr className="border-t border-line2">
              <td colSpan={3} className="py-1 text-muted">
                Neither sets a model, a number or a guardrail.
              </td>
            </tr>
          )}
        </tbody>
      </table>
      <h3 className="mt-4 mb-1.5 text-sm font-semibold text-muted">Prompt</h3>
      <Prompts before={before} after={after} heads={heads} />
    </>
  );
}

function changeWord({ before, after }: VersionField): string {
  if (before === null) return 'added';
  return after === null ? 'removed' : 'changed';
}

function Prompts(props: VersionDiffProps & { readonly heads: readonly [string, string] }) {
  const before = props.before.system_prompt ?? '';
  const after = props.after.system_prompt ?? '';
  if (before === '' && after === '') return <p className="text-muted">Neither sets a prompt.</p>;
  return <PromptDiff heads={props.heads} before={before} after={after} />;
}
