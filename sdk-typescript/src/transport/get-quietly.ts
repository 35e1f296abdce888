import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';

/** An answer that is longer is given up. */
const answerLimitBytes = 8 * 1024 * 1024;

/** An answer read to its end. */
export interface QuietAnswer {
  readonly status: number;
  readonly etag: string | null;
  /** The server's clock, as a date of HTTP. */
  readonly date: string | null;
  readonly text: string;
}

/** One GET, or with a body POST, that holds no process open; null when no whole answer came within `withinMs`. Never rejects. */
export function getQuietly(
  url: URL,
  headers: Readonly<Record<string, string>>,
  withinMs: number,
  body: string | null = null,
): Promise<QuietAnswer | null> {
  const make = url.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve) => {
    const fail = () => resolve(null);
    const signal = AbortSignal.timeout(withinMs);
    const request = make(
      url,
      { method: body === null ? 'GET' : 'POST', headers: { ...headers }, signal },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (piece: string) => {
          text += piece;
          if (text.length > answerLimitBytes) request.destroy();
        });
        response.on('error', fail);
        response.on('close', fail);
        response.on('end', () => {
          const { etag = null, date = null } = response.headers;
          resolve({ status: response.statusCode ?? 0, etag, date, text });
        });
      },
    );
    request.on('socket', (socket) => socket.unref());
    request.on('error', fail);
    request.end(body ?? undefined);
  });
}
