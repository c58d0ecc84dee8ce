import { Agent, request, type IncomingMessage } from 'node:http';

export interface Call {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: object;
}

/** Settles with the head of the answer; its body is the caller's to read. */
export function call(
  url: string,
  { method, path, headers, body }: Call,
  agent: Agent,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const type = body && { 'content-type': 'application/json' };
    const sent = request(`${url}${path}`, { method, agent, headers: { ...headers, ...type } }, resolve);
    sent.on('error', reject);
    sent.end(body && JSON.stringify(body));
  });
}

/** @throws Error for anything but a success */
export async function textOf(response: IncomingMessage): Promise<string> {
  let text = '';
  response.setEncoding('utf8');
  for await (const chunk of response) text += String(chunk);
  if (response.statusCode !== 200) throw new Error(`a server answered ${response.statusCode}: ${text}`);
  return text;
}
