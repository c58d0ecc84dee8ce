import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An HTTP server on the loopback interface that counts what it is asked and answers as the test says at the moment. */
export class LocalServer {
  requests = 0;
  answer: RequestListener;
  private readonly server: Server;

  private constructor(answer: RequestListener) {
    this.answer = answer;
    this.server = createServer((request, response) => {
      this.requests += 1;
      this.answer(request, response);
    });
  }

  static async start(answer: RequestListener): Promise<LocalServer> {
    const local = new LocalServer(answer);
    await new Promise<void>((resolve) => local.server.listen(0, '127.0.0.1', resolve));
    local.server.unref();
    return local;
  }

  get url(): URL {
    return new URL(`http://127.0.0.1:${(this.server.address() as AddressInfo).port}/keys`);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

export function json(value: unknown): RequestListener {
  return (_request, response) => {
    response.setHeader('content-type', 'application/json').end(JSON.stringify(value));
  };
}
