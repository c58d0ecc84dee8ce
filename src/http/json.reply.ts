import type { FastifyReply } from 'fastify';

/** For a body that may be `null`: Nest would send nothing at all for that, and clients expect JSON. */
export function sendJson(reply: FastifyReply, body: unknown): string {
  return sendJsonText(reply, JSON.stringify(body));
}

/** For a body that is JSON already. */
export function sendJsonText(reply: FastifyReply, body: string): string {
  void reply.header('content-type', 'application/json; charset=utf-8');
  return body;
}
