import type { Server } from 'node:http';
import { requestInProcess } from '../in-process.request.js';
import { targetOf, textsOf, type Send } from './request.js';

/** Sends requests to a server that need not listen. */
export function inProcessSender(server: Server): Send {
  return async (request, proof) => {
    const { status, headers, text } = await requestInProcess(server, {
      method: request.verb,
      path: targetOf(request),
      headers: {
        ...proof,
        ...(request.body !== undefined && { 'content-type': 'application/json' }),
        ...textsOf(request.header),
      },
      ...(request.body !== undefined && { body: JSON.stringify(request.body) }),
    });
    const pairs = Object.entries(headers).map(([name, value]) => [name, String(value)] as const);
    return { status, headers: pairs, text };
  };
}
