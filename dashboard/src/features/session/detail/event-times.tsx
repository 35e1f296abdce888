import type { Event } from '@niitaka/protocol/event.ts';
import type { SessionDetail } from '@niitaka/protocol/session.ts';
import { CopyButton } from '../../../components/copy-button.tsx';
import { formatUtc } from '../../../lib/format-time.ts';

/** When and from where an event came; what its sender's clock said where that was corrected (E6). */
export function EventTimes({
  event,
  session,
}: {
  readonly event: Event;
  readonly session: SessionDetail;
}) {
  const offset = Date.parse(event.started_at) - Date.parse(event.started_at_sent);
  const open = event.ended_at === null;
  return (
    <dl className="grid grid-cols-[auto_1fr] gap-x-3 text-sm text-muted">
      <dt>Started</dt>
      <dd>{formatUtc(Date.parse(event.started_at))}</dd>
      <dt>Ended</dt>
      <dd>
        {event.ended_at !== null
          ? formatUtc(Date.parse(event.ended_at))
          : open && session.status !== 'running'
            ? 'unfinished: no end was ever sent'
            : 'still open'}
      </dd>
      {offset !== 0 && (
        <>
          <dt>Sender's clock</dt>
          <dd>
            {formatUtc(Date.parse(event.started_at_sent))}, off by {Math.abs(offset)} ms
          </dd>
        </>
      )}
      <dt>Received</dt>
      <dd>{formatUtc(Date.parse(event.received_at))}</dd>
      <dt>Id</dt>
      <dd className="flex items-center gap-1 font-mono">
        <span className="truncate">{event.event_id}</span>
        <CopyButton text={event.event_id} label="Copy the event id" />
      </dd>
    </dl>
  );
}
