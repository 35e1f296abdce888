/** Any function: what it takes and answers stays as it is. */
export type AnyFunction = (...args: never[]) => unknown;
