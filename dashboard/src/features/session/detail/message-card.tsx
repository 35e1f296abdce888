import { useState } from 'react';
import { JsonTree } from '../../../components/json-tree.tsx';
import { LongText } from '../../../components/long-text.tsx';
import { Tag } from '../../../components/tag.tsx';
import type { Message, MessagePart } from './conversation.ts';
import { readJsonContainer } from './json-shape.ts';
import { Part } from './part.tsx';

export interface MessageCardProps {
  readonly message: Message;
  /** It came back from the model. */
  readonly answer?: boolean;
}

const quietRoles: ReadonlySet<string> = new Set(['system', 'developer']);

/** One message: who said it, and what. */
export function MessageCard({ message, answer = false }: MessageCardProps) {
  const quiet = quietRoles.has(message.role);
  const [open, setOpen] = useState(!quiet || lengthOf(message) < 400);
  return (
    <Part
      tone={answer ? 'plain' : 'quiet'}
      title={titleOf(message)}
      aside={message.name ?? (answer ? 'answer' : undefined)}
    >
      {open ? (
        <div className="flex flex-col gap-2">
          {message.parts.map((part, index) => (
            // Parts of a stored message never move.
            // oxlint-disable-next-line react/no-array-index-key
            <PartView key={index} part={part} />
          ))}
          {message.parts.length === 0 && <p className="text-faint">empty</p>}
        </div>
      ) : (
        <button
          type="button"
          onClick={() => setOpen(true)}
          className="line-clamp-2 text-left text-muted hover:text-text"
        >
          {textOf(message)}
        </button>
      )}
    </Part>
  );
}

function PartView({ part }: { readonly part: MessagePart }) {
  switch (part.kind) {
    case 'text':
      return <LongText text={part.text} />;
    case 'thinking':
      return (
        <div className="border-l-2 border-line pl-2.5 text-muted italic">
          <LongText text={part.text} />
        </div>
      );
    case 'tool_call':
      return (
        <div>
          <p className="mb-0.5 flex items-center gap-1.5">
            <Tag tone="tool">calls</Tag>
            <span className="font-mono text-sm font-medium">{part.name}</span>
            {part.id !== null && <span className="font-mono text-xs text-faint">{part.id}</span>}
          </p>
          <JsonTree value={part.input ?? {}} label={`Input of ${part.name}`} />
        </div>
      );
    case 'tool_result':
      return (
        <div>
          <p className="mb-0.5 flex items-center gap-1.5">
            <Tag tone={part.failed ? 'rust' : 'tool'}>{part.failed ? 'failed' : 'result'}</Tag>
            {part.id !== null && <span className="font-mono text-xs text-faint">{part.id}</span>}
          </p>
          <JsonTree value={readJsonContainer(part.content)} label="Tool result" />
        </div>
      );
    case 'media':
      return <p className="text-muted">[{part.what}]</p>;
    case 'json':
      return <JsonTree value={part.value} label="Content" />;
  }
}

/** Anthropic sends what tools answered as the user's: the card says whose words they are. */
function titleOf({ role, parts }: Message): string {
  const onlyResults = parts.length > 0 && parts.every((part) => part.kind === 'tool_result');
  return role === 'user' && onlyResults ? 'tool' : role;
}

function textOf(message: Message): string {
  return message.parts
    .map((part) => (part.kind === 'text' ? part.text : `[${part.kind}]`))
    .join(' ');
}

function lengthOf(message: Message): number {
  return textOf(message).length;
}
