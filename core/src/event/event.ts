/** What kind of thing happened (E1). */
export type EventType = 'llm' | 'tool' | 'decision' | 'error' | 'log';

/** How loud an event is. */
export type EventLevel = 'debug' | 'info' | 'warning' | 'error';
