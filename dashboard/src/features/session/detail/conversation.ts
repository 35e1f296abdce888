/** One piece of a message. */
export type MessagePart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'thinking'; readonly text: string }
  | {
      readonly kind: 'tool_call';
      readonly id: string | null;
      readonly name: string;
      readonly input: unknown;
    }
  | {
      readonly kind: 'tool_result';
      readonly id: string | null;
      readonly content: unknown;
      readonly failed: boolean;
    }
  | { readonly kind: 'media'; readonly what: string }
  | { readonly kind: 'json'; readonly value: unknown };

/** One message of a call, whichever provider's shape it came in. */
export interface Message {
  readonly role: string;
  readonly name: string | null;
  readonly parts: readonly MessagePart[];
}

/** What was sent to the model and what came back. */
export interface Conversation {
  readonly input: readonly Message[];
  readonly output: readonly Message[];
  /** Names of the tools the model was offered. */
  readonly tools: readonly string[];
}
