import { LongText } from '../../../components/long-text.tsx';
import { CopyButton } from '../../../components/copy-button.tsx';
import { textAt, type JsonObject } from './json-shape.ts';
import { Part } from './part.tsx';

/** What failed: kind, message, stack. */
export function ErrorBody({ data }: { readonly data: JsonObject }) {
  const stack = textAt(data, 'stack');
  return (
    <>
      <Part
        tone="error"
        title={textAt(data, 'kind')?.replaceAll('_', ' ') ?? 'error'}
        aside={aside(data)}
      >
        <LongText text={textAt(data, 'message') ?? 'No message was given.'} />
      </Part>
      {stack !== null && (
        <Part title="Stack">
          <div className="relative">
            <div className="absolute -top-7 right-0">
              <CopyButton text={stack} label="Copy the stack" />
            </div>
            <pre className="overflow-x-auto font-mono text-sm">{stack}</pre>
          </div>
        </Part>
      )}
    </>
  );
}

function aside(data: JsonObject): string {
  const parts: string[] = [];
  const type = textAt(data, 'exception_type');
  if (type !== null) parts.push(type);
  if (typeof data['attempt'] === 'number') parts.push(`attempt ${data['attempt']}`);
  if (data['retryable'] === true) parts.push('can be retried');
  if (data['retryable'] === false) parts.push('not worth a retry');
  return parts.join(' · ');
}
