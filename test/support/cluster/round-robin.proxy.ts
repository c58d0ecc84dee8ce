import { once } from 'node:events';
import {
  Agent,
  createServer,
  request,
  type ClientRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';

/** These are said of one connection, not of what goes over it. */
const OF_THE_CONNECTION = new Set([
  'connection',
  'keep-alive',
  'transfer-encoding',
  'te',
  'trailer',
  'upgrade',
]);

/**
 * One address for several processes: each request goes to the next one, whoever asks. Nothing is buffered. A process that takes no
 * connection is passed over, since it has seen nothing of the request; whoever breaks off an answer breaks it off for the client.
 */
export class RoundRobinProxy {
  private readonly agent = new Agent({ keepAlive: true });
  private turn = 0;

  private constructor(
    private readonly server: Server,
    private readonly targets: () => readonly string[],
  ) {}

  /** @param targets the URLs of the processes, asked for at each request */
  static async start(targets: () => readonly string[]): Promise<RoundRobinProxy> {
    const server = createServer({ keepAliveTimeout: 60_000 });
    const proxy = new RoundRobinProxy(server, targets);
    server.on('request', (incoming, answer) => proxy.pass(incoming, answer, proxy.nextTargets()));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    this.server.closeAllConnections();
    this.agent.destroy();
    await closed;
  }

  /** Everybody once, beginning with whose turn it is. */
  private nextTargets(): string[] {
    const targets = this.targets();
    const first = this.turn++ % Math.max(targets.length, 1);
    return [...targets.slice(first), ...targets.slice(0, first)];
  }

  private pass(incoming: IncomingMessage, answer: ServerResponse, [target, ...others]: string[]): void {
    if (target === undefined) {
      answer.writeHead(502, { 'content-type': 'application/json' }).end('{"detail":"Bad Gateway"}');
      return;
    }
    const { method, url = '/' } = incoming;
    const headers = withoutThoseOfTheConnection(incoming.rawHeaders);
    const outgoing = request(`${target}${url}`, { method, headers, agent: this.agent });
    outgoing.once('response', (response) => relay(response, answer));
    outgoing.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED') this.pass(incoming, answer, others);
      else answer.destroy();
    });
    answer.once('close', () => outgoing.destroy());
    send(incoming, outgoing);
  }
}

/** The body goes on when there is a connection, so that a process that is not there does not use it up. */
function send(incoming: IncomingMessage, outgoing: ClientRequest): void {
  outgoing.once('socket', (socket) => {
    if (socket.connecting) socket.once('connect', () => incoming.pipe(outgoing));
    else incoming.pipe(outgoing);
  });
}

function relay(response: IncomingMessage, answer: ServerResponse): void {
  answer.writeHead(
    response.statusCode ?? 502,
    response.statusMessage,
    withoutThoseOfTheConnection(response.rawHeaders),
  );
  answer.flushHeaders();
  response.on('error', () => answer.destroy()).on('aborted', () => answer.destroy());
  response.pipe(answer);
}

/** As they came, in their order and their case, twice where they came twice. */
function withoutThoseOfTheConnection(raw: readonly string[]): string[] {
  return raw.filter((_, index) => !OF_THE_CONNECTION.has(raw[index - (index % 2)].toLowerCase()));
}
