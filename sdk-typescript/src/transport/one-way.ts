/** One layer of the transport: takes something and answers, by one method. */
export interface Sender<Input, Output> {
  send(input: Input): Output;
}
