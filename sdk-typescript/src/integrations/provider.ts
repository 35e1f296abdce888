import type { RawUsage, UsageFormat } from '@niitaka/core/cost/normalise-usage.ts';

/** A JSON object of a request or an answer, not looked into yet. */
export type Json = Readonly<Record<string, unknown>>;

/** What an answer, or the part of it that has come so far, says of itself. */
export interface AnswerFacts {
  readonly responseModel?: unknown;
  readonly responseId?: unknown;
  readonly finishReason?: unknown;
  /** As the provider counts; null where it told none. */
  readonly usage: RawUsage | null;
  /** What the model wrote; asked only where it is needed. */
  readonly output: () => unknown;
}

/** Reads a stream chunk by chunk. */
export interface StreamReader {
  /** Looks at the next chunk; whatever it is, nothing is thrown. */
  see(chunk: unknown): void;
  /** True once the model has begun to write. */
  readonly hasOutput: boolean;
  /** True once the provider has said that the answer is whole. */
  readonly isComplete: boolean;
  facts(): AnswerFacts;
}

/** A request as it is to be sent, and what its stream then holds that the host did not ask for. */
export interface PreparedBody {
  readonly body: Json;
  /** Takes our own additions out of a chunk; true when nothing is left that the host may see. */
  readonly conceal?: (chunk: unknown) => boolean;
}

/** One method of a provider that calls a model. */
export interface Endpoint {
  /** The method as the host writes it, for messages. */
  readonly method: string;
  /** Whether a model of that name may take the call: the operator's command `model`. */
  takesModel(name: string): boolean;
  /** What the model was given. */
  input(body: Json): unknown;
  readAnswer(answer: Json): AnswerFacts;
  /** Null where the endpoint has no streams. */
  readonly openReader: (() => StreamReader) | null;
  /** Left out: the request goes as it is. */
  readonly prepare?: (body: Json, address: string) => PreparedBody;
}

/** Who answers at an address, and how its usage is counted. */
export interface Origin {
  /** Name in the price book. */
  readonly provider: string;
  readonly format: UsageFormat;
}

/** A client library whose calls can be observed: one file each. */
export interface Provider {
  /** Name of the package. */
  readonly library: string;
  /** The resources of a client on the way to its endpoints, by property name. */
  readonly resources: readonly string[];
  /** True for a client of this library. */
  isClient(client: object): boolean;
  /** By the path that the library posts to. */
  readonly endpoints: Readonly<Record<string, Endpoint>>;
  originOf(address: string, endpoint: Endpoint): Origin;
}
