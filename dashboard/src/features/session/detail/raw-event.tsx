import type { Event } from '@niitaka/protocol/event.ts';
import { CopyButton } from '../../../components/copy-button.tsx';
import { JsonTree } from '../../../components/json-tree.tsx';

/** The event as the API gives it. */
export function RawEvent({ event }: { readonly event: Event }) {
  return (
    <div className="relative">
      <div className="absolute top-0 right-0">
        <CopyButton text={JSON.stringify(event, null, 2)} label="Copy JSON" />
      </div>
      <JsonTree value={event} label="Event as JSON" open={3} />
    </div>
  );
}
