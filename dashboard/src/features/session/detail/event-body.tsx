import type { Event } from '@niitaka/protocol/event.ts';
import type { SessionDetail } from '@niitaka/protocol/session.ts';
import { JsonTree } from '../../../components/json-tree.tsx';
import { ContentOff } from './content-off.tsx';
import { CostDetail } from './cost-detail.tsx';
import { ErrorBody } from './error-body.tsx';
import { EventTimes } from './event-times.tsx';
import { isObject, readJsonContainer, type JsonObject } from './json-shape.ts';
import { LlmBody } from './llm-body.tsx';
import { otherFields } from './other-fields.ts';
import { Part } from './part.tsx';

export interface EventBodyProps {
  readonly event: Event;
  readonly session: SessionDetail;
}

/** An event by its type, then what every event has. */
export function EventBody({ event, session }: EventBodyProps) {
  const data = isObject(event.data) ? event.data : {};
  const rest = otherFields(event.type, data);
  return (
    <div className="flex flex-col gap-3">
      <OwnBody event={event} session={session} data={data} />
      {event.truncated.length > 0 && (
        <p className="text-sm text-gold">
          Cut to fit the limit:{' '}
          {event.truncated
            .map((cut) => `${cut.path} (${Math.ceil(cut.bytes / 1_024)} KiB sent)`)
            .join(', ')}
        </p>
      )}
      {event.cost_detail !== null && <CostDetail event={event} cost={event.cost_detail} />}
      {Object.keys(rest).length > 0 && (
        <Part title="More">
          <JsonTree value={rest} label="Other fields" />
        </Part>
      )}
      <EventTimes event={event} session={session} />
    </div>
  );
}

function OwnBody({ event, session, data }: EventBodyProps & { readonly data: JsonObject }) {
  switch (event.type) {
    case 'llm':
      return <LlmBody event={event} session={session} data={data} />;
    case 'tool':
      return <ToolBody event={event} session={session} data={data} />;
    case 'error':
      return <ErrorBody data={data} />;
    case 'decision':
      return <DecisionBody data={data} />;
    case 'log':
      return (
        <Part title={event.level ?? 'message'}>
          <JsonTree value={data['message'] ?? ''} label="Message" />
        </Part>
      );
  }
}

function ToolBody({ event, session, data }: EventBodyProps & { readonly data: JsonObject }) {
  if (data['input'] === undefined && data['output'] === undefined) {
    return <ContentOff event={event} session={session} />;
  }
  return (
    <>
      {data['input'] !== undefined && (
        <Part title="Input">
          <JsonTree value={readJsonContainer(data['input'])} label="Tool input" />
        </Part>
      )}
      {data['output'] !== undefined && (
        <Part title="Output">
          <JsonTree value={readJsonContainer(data['output'])} label="Tool output" />
        </Part>
      )}
    </>
  );
}

function DecisionBody({ data }: { readonly data: JsonObject }) {
  return (
    <>
      <Part title="Chose">
        <JsonTree value={data['choice'] ?? '–'} label="Choice" />
      </Part>
      {data['reason'] !== undefined && (
        <Part title="Because">
          <JsonTree value={data['reason']} label="Reason" />
        </Part>
      )}
      {data['options'] !== undefined && (
        <Part title="Out of">
          <JsonTree value={data['options']} label="Options" />
        </Part>
      )}
    </>
  );
}
