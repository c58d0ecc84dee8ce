import { request as httpRequest, type IncomingHttpHeaders, type Server } from 'node:http';
import { duplexPair } from 'node:stream';
import { text } from 'node:stream/consumers';

export interface InProcessRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface InProcessAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/**
 * A request to a server that listens nowhere: both ends of a connection within this process, with Node's own HTTP in between.
 * Nothing is left out that a request over the network would meet.
 */
export function requestInProcess(
  server: Server,
  { method, path, headers, body }: InProcessRequest,
): Promise<InProcessAnswer> {
  const [near, far] = duplexPair();
  server.emit('connection', far);
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest({
      method,
      path,
      headers: {
        host: 'test-bed',
        connection: 'close',
        ...(body !== undefined && { 'content-length': String(Buffer.byteLength(body)) }),
        ...headers,
      },
      createConnection: () => near,
    });
    outgoing.once('error', reject);
    outgoing.once('response', (response) => {
      text(response).then(
        (received) =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text: received }),
        reject,
      );
    });
    outgoing.end(body);
  });
}
