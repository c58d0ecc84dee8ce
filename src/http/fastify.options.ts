import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyError, FastifyReply, FastifyRequest, FastifyServerOptions } from 'fastify';

/** How long a client may take to send a whole request, in milliseconds. */
const REQUEST_TIMEOUT_MS = 60_000;

const BAD_REQUEST = 400;
const PARSER_STATUS: Readonly<Record<string, number>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 408,
  HPE_HEADER_OVERFLOW: 431,
};

/** What is decided before a request reaches any route: limits, and answers to what is no request, in the one form of errors. */
export const fastifyOptions = {
  requestTimeout: REQUEST_TIMEOUT_MS,
  forceCloseConnections: true,
  // Namespaces of subgraphs are long; what is too long for a path is refused before any route, as 431.
  routerOptions: { maxParamLength: 8_192 },
  frameworkErrors(error: FastifyError, _request: FastifyRequest, reply: FastifyReply): void {
    void reply
      .code(error.statusCode ?? BAD_REQUEST)
      .send({ detail: STATUS_CODES[error.statusCode ?? BAD_REQUEST] });
  },
  clientErrorHandler(error: Error & { readonly code?: string }, socket: Socket): void {
    if (socket.destroyed || error.code === 'ECONNRESET') return;
    const status = PARSER_STATUS[error.code ?? ''] ?? BAD_REQUEST;
    const body = JSON.stringify({ detail: STATUS_CODES[status] });
    const head = [
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
      'content-type: application/json; charset=utf-8',
      `content-length: ${Buffer.byteLength(body)}`,
      'connection: close',
    ];
    socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
  },
} satisfies FastifyServerOptions;
