import type { Event } from '@niitaka/protocol/event.ts';
import type { SessionDetail } from '@niitaka/protocol/session.ts';

/** Why there is no content, and how to have it next time. */
export function ContentOff({
  event,
  session,
}: {
  readonly event: Event;
  readonly session: SessionDetail;
}) {
  if (event.ended_at === null && session.status === 'running') {
    return <p className="text-muted">Still open: the answer appears when the call ends.</p>;
  }
  return (
    <div className="rounded-md border border-dashed border-line px-3 py-2.5">
      <p className="font-semibold">Content capture is off</p>
      <p className="mt-0.5 text-muted">
        What goes in and comes out of calls and tools is only sent when you ask for it. Turn it on
        where the agent starts:
      </p>
      <dl className="mt-2 grid grid-cols-[auto_1fr] gap-x-3 gap-y-1 text-sm">
        <dt className="text-muted">Python</dt>
        <dd className="font-mono">niitaka.configure(capture_content=True)</dd>
        <dt className="text-muted">TypeScript</dt>
        <dd className="font-mono">niitaka.configure({'{ captureContent: true }'})</dd>
      </dl>
    </div>
  );
}
