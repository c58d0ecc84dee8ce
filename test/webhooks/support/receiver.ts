import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a receiver was told. */
export interface Call {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  /** As it came, for signatures. */
  readonly text: string;
  readonly body: Record<string, unknown>;
}

export type Answer = (response: ServerResponse, call: Call) => void;

export const OK: Answer = (response) => response.writeHead(204).end();

/** A real receiver of webhooks on the loopback interface. It notices every connection, also one on which nothing is said. */
export class Receiver {
  readonly calls: Call[] = [];
  connections = 0;
  answer: Answer = OK;

  private constructor(private readonly server: Server) {
    server.on('connection', () => (this.connections += 1));
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      void this.receive(request, response);
    });
  }

  /** @param port any that is free, unless given */
  static async listen(port = 0): Promise<Receiver> {
    const server = createServer();
    const receiver = new Receiver(server);
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    return receiver;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  url(path = '/'): string {
    return `http://127.0.0.1:${this.port}${path}`;
  }

  /** The bodies of the calls that came to a path. */
  at(path: string): Call[] {
    return this.calls.filter((call) => call.path === path);
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer);
    } catch {
      return;
    }
    const text = Buffer.concat(chunks).toString();
    const call: Call = {
      path: request.url ?? '',
      headers: request.headers,
      text,
      body: JSON.parse(text || 'null') as Record<string, unknown>,
    };
    this.calls.push(call);
    this.answer(response, call);
  }
}

/** A port on which nobody listens. */
export async function freePort(): Promise<number> {
  const receiver = await Receiver.listen();
  const { port } = receiver;
  await receiver.close();
  return port;
}
