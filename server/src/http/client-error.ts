import type { Socket } from 'node:net';

const reasons: Readonly<Record<string, readonly [number, string, string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'Request Header Fields Too Large', 'The headers are too large'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'Request Timeout', 'The request did not arrive in time'],
};
const unreadable = [400, 'Bad Request', 'This is not readable as HTTP'] as const;

/** Answers what never became a request: headers that are too large, too slow, or not HTTP. */
export function answerClientError(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, reason, detail] = reasons[error.code ?? ''] ?? unreadable;
  const body = JSON.stringify({
    type: 'urn:niitaka:problem:invalid',
    title: reason,
    status,
    code: 'invalid',
    detail,
    retryable: status === 408,
  });
  const head = [
    `HTTP/1.1 ${status} ${reason}`,
    'content-type: application/problem+json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
