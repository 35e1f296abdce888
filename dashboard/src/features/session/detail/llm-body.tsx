import { useMemo, useState } from 'react';
import { formatNoun } from '../../../lib/format-count.ts';
import { ContentOff } from './content-off.tsx';
import type { Message } from './conversation.ts';
import type { EventBodyProps } from './event-body.tsx';
import type { JsonObject } from './json-shape.ts';
import { MessageCard } from './message-card.tsx';
import { parseConversation } from './parse-conversation.ts';

/** Of a long history the last few matter; the rest is a click away. */
const LAST_SHOWN = 6;

/** A call as the conversation it was. */
export function LlmBody({ event, session, data }: EventBodyProps & { readonly data: JsonObject }) {
  const { input, output, tools } = useMemo(
    () => parseConversation(data['input'], data['output']),
    [data],
  );
  if (input.length === 0 && output.length === 0) {
    return <ContentOff event={event} session={session} />;
  }
  return (
    <>
      <History messages={input} />
      {output.map((message, index) => (
        // oxlint-disable-next-line react/no-array-index-key -- a stored conversation never moves
        <MessageCard key={`out-${index}`} message={message} answer />
      ))}
      {output.length === 0 && event.ended_at === null && session.status === 'running' && (
        <p className="text-muted">Waiting for the answer …</p>
      )}
      {tools.length > 0 && (
        <p className="text-sm text-muted">
          Offered {formatNoun(tools.length, 'tool')}: {tools.join(', ')}
        </p>
      )}
    </>
  );
}

function History({ messages }: { readonly messages: readonly Message[] }) {
  const [all, setAll] = useState(false);
  const hidden = all || messages.length <= LAST_SHOWN + 2 ? 0 : messages.length - LAST_SHOWN;
  const first = hidden > 0 && messages[0]?.role === 'system' ? 1 : 0;
  return (
    <>
      {messages.slice(0, hidden > 0 ? first : 0).map((message) => (
        <MessageCard key="first" message={message} />
      ))}
      {hidden > first && (
        <button
          type="button"
          onClick={() => setAll(true)}
          className="self-center rounded-full border border-line px-3 py-0.5 text-sm text-muted hover:bg-sunk hover:text-text"
        >
          {formatNoun(hidden - first, 'earlier message')}
        </button>
      )}
      {messages.slice(hidden).map((message, index) => (
        // oxlint-disable-next-line react/no-array-index-key -- a stored conversation never moves
        <MessageCard key={hidden + index} message={message} />
      ))}
    </>
  );
}
