import type { Agent } from 'node:http';
import { call, type Call } from './http.client.js';

export interface StreamTimes {
  /** Milliseconds from the request to the first bytes of the body, and to its end. */
  readonly firstMs: number;
  readonly endMs: number;
}

const EXPECTED = 'echo: hello';

/** Reads an answer of the echo graph as it comes. @throws Error when the echo is not in it */
export async function stream(url: string, request: Call, agent: Agent): Promise<StreamTimes> {
  const start = performance.now();
  const response = await call(url, request, agent);
  let firstMs: number | undefined;
  let text = '';
  response.setEncoding('utf8');
  for await (const chunk of response) {
    // White space keeps a connection alive, and tells nothing.
    if (String(chunk).trim() !== '') firstMs ??= performance.now() - start;
    text += String(chunk);
  }
  const endMs = performance.now() - start;
  if (!text.includes(EXPECTED))
    throw new Error(`a server answered ${response.statusCode} without an echo: ${text}`);
  return { firstMs: firstMs ?? endMs, endMs };
}
