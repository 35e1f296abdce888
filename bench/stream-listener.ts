import { once } from 'node:events';
import { connect } from 'node:net';
import { benchKey, type ServerProcess } from './server-process.ts';

/** One client of the live stream that only counts and looks for marks. */
export interface StreamListener {
  /** Messages `event: session` so far. */
  messages(): number;
  close(): void;
}

const messageStart = Buffer.from('event: session\n');

/** Opens one stream over a plain socket: the listeners share the machine with the server they measure. */
export async function listenToStream(
  { port }: ServerProcess,
  onChunk: (chunk: Buffer) => void,
): Promise<StreamListener> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');
  let messages = 0;
  socket.on('data', (chunk: Buffer) => {
    let at = chunk.indexOf(messageStart);
    while (at >= 0) {
      messages += 1;
      at = chunk.indexOf(messageStart, at + messageStart.length);
    }
    onChunk(chunk);
  });
  socket.on('error', () => undefined);
  const hello = once(socket, 'data');
  socket.write(
    `GET /api/v1/stream?topics=sessions HTTP/1.1\r\nhost: localhost\r\nx-api-key: ${benchKey}\r\n\r\n`,
  );
  await hello;
  return { messages: () => messages, close: () => socket.destroy() };
}
