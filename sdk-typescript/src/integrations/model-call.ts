import { estimateTokens } from '@niitaka/core/cost/estimate-tokens.ts';
import { normaliseUsage } from '@niitaka/core/cost/normalise-usage.ts';
import type { TokenUsage } from '@niitaka/core/cost/token-usage.ts';
import type { FailedCall } from '../policy/guard.ts';
import type { Booking } from '../policy/tree-lease.ts';
import type { Call } from '../session/call.ts';
import { describeError } from '../session/describe-error.ts';
import type { Recorder } from '../session/recorder.ts';
import type { AnswerFacts, Endpoint, Json, Origin, StreamReader } from './provider.ts';
import { listIn, objectAt, present } from './read-json.ts';

/** One call of a model as the host sees it: it leaves one `llm` event, or one `error` event. */
export class ModelCall {
  readonly isStream: boolean;
  /** Times that the library sent the request. */
  sendCount = 0;
  /** True once its stream is followed. */
  isFollowed = false;
  /** True once the host has seen a piece of the answer: the call cannot be made again. */
  isSeen = false;
  readonly #recorder: Recorder;
  readonly #endpoint: Endpoint;
  readonly #origin: Origin;
  readonly #body: Json;
  readonly #call: Call;
  readonly #attempt: number;
  readonly #booking: Booking | null;
  readonly #conceal: ((chunk: unknown) => boolean) | undefined;
  #reader: StreamReader | null = null;
  #respondedTick: number | null = null;
  #idleMs = 0;
  #firstTokenMs: number | null = null;
  #lastChunkTick: number | null = null;
  #isParsing = false;
  #isOver = false;

  constructor(recorder: Recorder, endpoint: Endpoint, origin: Origin, request: ModelRequest) {
    const { body, parent, isStream, conceal, attempt } = request;
    const model = body['model'];
    const { captureContent } = recorder.client.content;
    this.isStream = isStream;
    this.#recorder = recorder;
    this.#endpoint = endpoint;
    this.#origin = origin;
    this.#body = body;
    this.#conceal = conceal;
    this.#attempt = attempt;
    this.#booking = request.booking;
    const { provider } = origin;
    const input = captureContent ? endpoint.input(body) : undefined;
    const data = { provider, ...present({ model, stream: isStream, attempt, input }) };
    this.#call = recorder.begin({ type: 'llm', name: String(model), data, parent });
  }

  /** The head of the answer is here. */
  responded(): void {
    this.#respondedTick = performance.now();
    this.#recorder.atEnd.add(this.#leave);
  }

  /** The library begins to read the answer; until then it waited for the host. */
  parsing(): void {
    if (this.#isParsing) return;
    this.#isParsing = true;
    if (this.#respondedTick !== null) this.#idleMs = performance.now() - this.#respondedTick;
  }

  /** The whole answer, as the library read it. */
  answered(answer: unknown): void {
    const endTick = performance.now() - this.#idleMs;
    this.#finish(this.#endpoint.readAnswer(objectAt(answer)), true, endTick);
  }

  /** The next chunk of a stream; true when the host is not to see it. */
  sawChunk(chunk: unknown): boolean {
    const reader = this.#streamReader();
    this.#lastChunkTick = performance.now();
    reader?.see(chunk);
    if (reader?.hasOutput) this.#firstTokenMs ??= performance.now() - this.#call.startedTick;
    const isHidden = this.#conceal?.(chunk) ?? false;
    this.isSeen ||= !isHidden;
    return isHidden;
  }

  /** The stream has come to its end. */
  streamEnded(): void {
    this.#finishStream(performance.now());
  }

  /** The host left the stream: what it did since the last chunk is no part of the call. */
  streamLeft(): void {
    this.#finishStream(this.#lastChunkTick ?? this.#respondedTick ?? performance.now());
  }

  /** It failed, and left its event; null where it cannot be made again, which its event says. */
  failed(error: unknown): FailedCall | null {
    if (!this.#end()) return null;
    const facts = this.#reader?.facts();
    const spent = facts ? this.#spent(facts, false) : {};
    const { kind } = describeError(error);
    const isRepeatable = !this.isSeen && kind !== 'cancelled';
    const more = { ...this.#retries(), ...spent };
    const hasEvent = this.#call.fail(error, isRepeatable ? more : { ...more, retryable: false });
    if (!hasEvent || !isRepeatable) return null;
    const { eventId } = this.#call;
    return { eventId, kind, attempt: this.#attempt, model: this.model };
  }

  /** The model that is asked; null where the request names none. */
  get model(): string | null {
    const { model } = this.#body;
    return typeof model === 'string' ? model : null;
  }

  /** What becomes of the call cannot be seen: it leaves no event. */
  giveUp(): void {
    if (this.#end()) this.#call.drop();
  }

  /** Nobody will tell how the answer goes on. */
  readonly #leave = (): void => this.streamLeft();

  #finishStream(endTick: number): void {
    const reader = this.#streamReader();
    this.#finish(reader?.facts() ?? nothing, reader?.isComplete ?? false, endTick);
  }

  #streamReader(): StreamReader | null {
    this.#reader ??= this.#endpoint.openReader?.() ?? null;
    return this.#reader;
  }

  #finish(facts: AnswerFacts, isComplete: boolean, endTick: number): void {
    if (!this.#end()) return;
    const { captureContent } = this.#recorder.client.content;
    const told = present({
      response_model: facts.responseModel,
      response_id: facts.responseId,
      finish_reason: facts.finishReason,
      time_to_first_token_ms: this.#firstTokenMs === null ? null : roundMs(this.#firstTokenMs),
      output: captureContent ? facts.output() : null,
    });
    const data = { ...told, ...this.#spent(facts, isComplete), ...this.#retries() };
    this.#call.finish(data, endTick - this.#call.startedTick);
  }

  /** Tokens: as told, else as the texts let expect them, which is marked. */
  #spent(facts: AnswerFacts, isComplete: boolean): Json {
    const isOpen = this.isStream && !isComplete;
    const mark = isOpen ? { interrupted: true } : {};
    const told = facts.usage && normaliseUsage(this.#origin.format, facts.usage);
    if (told && !isOpen) return tokensOf(told);
    if (!this.isStream && isComplete) return {};
    const inputTokens = told?.inputTokens || estimateTokens(this.#endpoint.input(this.#body));
    const outputTokens = Math.max(told?.outputTokens ?? 0, estimateTokens(textsOf(facts.output())));
    const tokens = { ...told, inputTokens, outputTokens };
    return { ...mark, usage_estimated: true, ...tokensOf(tokens) };
  }

  #retries(): Json {
    return this.sendCount > 1 ? { library_retries: this.sendCount - 1 } : {};
  }

  #end(): boolean {
    if (this.#isOver) return false;
    this.#isOver = true;
    this.#booking?.settle();
    this.#recorder.atEnd.delete(this.#leave);
    return true;
  }
}

/** What is sent for a call. */
export interface ModelRequest {
  readonly body: Json;
  /** The event that the call happens in. */
  readonly parent: string | null;
  readonly isStream: boolean;
  readonly conceal: ((chunk: unknown) => boolean) | undefined;
  /** Number of this try of ours, from 1. */
  readonly attempt: number;
  /** What was booked for it in its tree's budget. */
  readonly booking: Booking | null;
}

const nothing: AnswerFacts = { usage: null, output: () => undefined };

/** The wire's name of each class of tokens. */
const classes: readonly (readonly [keyof TokenUsage, string])[] = [
  ['cacheReadTokens', 'cache_read_tokens'],
  ['cacheWrite5mTokens', 'cache_write_5m_tokens'],
  ['cacheWrite1hTokens', 'cache_write_1h_tokens'],
  ['reasoningTokens', 'reasoning_tokens'],
  ['inputAudioTokens', 'input_audio_tokens'],
  ['outputAudioTokens', 'output_audio_tokens'],
  ['inputImageTokens', 'input_image_tokens'],
  ['outputImageTokens', 'output_image_tokens'],
];

/** Both totals, and the classes that hold any. */
function tokensOf(usage: Partial<TokenUsage>): Json {
  const parts = classes.flatMap(([key, name]) => (usage[key] ? [[name, usage[key]]] : []));
  const { inputTokens, outputTokens } = usage;
  return {
    input_tokens: inputTokens,
    output_tokens: outputTokens,
    ...(Object.fromEntries(parts) as Json),
  };
}

/** What the model wrote itself, without the words of the format around it. */
function textsOf(output: unknown): unknown[] {
  return Array.isArray(output) ? output.map((message) => writtenIn(objectAt(message))) : [];
}

function writtenIn(message: Json): unknown[] {
  const { content, refusal, reasoning_content: reasoning } = message;
  const blocks = listIn(message, 'content').map((block) => {
    const { text, thinking, input } = objectAt(block);
    return [text, thinking, input];
  });
  const calls = listIn(message, 'tool_calls');
  const args = calls.map((call) => objectAt(call, 'function')['arguments']);
  const plain = typeof content === 'string' ? content : null;
  return [plain, refusal, reasoning, blocks, args];
}

function roundMs(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
