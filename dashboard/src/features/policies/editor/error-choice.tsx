import { errorKinds } from '@niitaka/core/event/classify-error.ts';
import type { FormPartProps } from './form-part.ts';

/** The kinds of errors a retry or fallback is for; none ticked: every kind. */
export function ErrorChoice({ form, problems, onChange }: FormPartProps) {
  const { onErrors } = form;
  const kinds = [...new Set([...errorKinds, ...onErrors])];
  const toggle = (kind: string) =>
    onChange({
      onErrors: onErrors.includes(kind)
        ? onErrors.filter((other) => other !== kind)
        : kinds.filter((other) => other === kind || onErrors.includes(other)),
    });
  return (
    <fieldset className="col-span-full">
      <legend className="mb-1 text-sm text-muted">
        Errors it is for{onErrors.length === 0 ? ': every one, as none is ticked' : ''}
      </legend>
      <div className="grid grid-cols-3 gap-x-3 max-sm:grid-cols-2">
        {kinds.map((kind) => (
          <label key={kind} className="flex min-h-6 items-center gap-2 rounded-sm max-sm:min-h-8">
            <input
              type="checkbox"
              className="accent-accent"
              checked={onErrors.includes(kind)}
              onChange={() => toggle(kind)}
            />
            <span className="truncate">{kind}</span>
          </label>
        ))}
      </div>
      {problems.onErrors !== undefined && <p className="text-sm text-rust">{problems.onErrors}</p>}
    </fieldset>
  );
}
