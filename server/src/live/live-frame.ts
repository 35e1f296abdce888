import type { LiveId } from './live-id.ts';
import { formatLiveId } from './live-id.ts';

/** One message before it has an id. */
export interface Frame {
  readonly name: 'session' | 'signal' | 'deleted' | 'event';
  readonly text: string;
  /** The revision that all is sent up to with this message. */
  readonly revision: number;
}

/** What a stream is told of: rows of sessions with deletions, and signals. */
export interface Topics {
  readonly sessions: boolean;
  readonly signals: boolean;
}

/** Whether a stream with these topics gets the message. */
export function isWanted(topics: Topics, name: Frame['name']): boolean {
  if (name === 'event') return true;
  return name === 'signal' ? topics.signals : topics.sessions;
}

/** A message as server-sent event text; JSON text holds no line break. */
export function renderMessage(name: string, text: string, id: LiveId | null): string {
  const idLine = id === null ? '' : `id: ${formatLiveId(id)}\n`;
  return `event: ${name}\n${idLine}data: ${text}\n\n`;
}

/** The frames that a stream wants, each with the id it resumes from. */
export function renderFrames(
  frames: readonly Frame[],
  topics: Topics,
  { place, sentAtMs }: Pick<LiveId, 'place' | 'sentAtMs'>,
): string {
  let text = '';
  for (const { name, text: data, revision } of frames) {
    if (isWanted(topics, name)) text += renderMessage(name, data, { revision, place, sentAtMs });
  }
  return text;
}
