import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface BreakingProxy {
  readonly url: string;
  /** How many connections were opened through it. */
  readonly connections: () => number;
  readonly stop: () => Promise<void>;
}

/** A way to the server that breaks off, without a word, the first connection on which an event with this id was seen. */
export async function breakingProxy(target: string, id = 2): Promise<BreakingProxy> {
  const { hostname, port } = new URL(target);
  let connections = 0;
  let hasBroken = false;
  const open = new Set<Socket>();
  const proxy = createServer((client) => {
    connections += 1;
    open.add(client);
    const server = connect(Number(port), hostname);
    client.on('error', () => server.destroy()).on('close', () => server.destroy());
    server.on('error', () => client.destroy()).on('close', () => client.destroy());
    client.pipe(server);
    server.on('data', (chunk: Buffer) => {
      client.write(chunk);
      if (hasBroken || !chunk.includes(`\nid: ${id}\n\n`)) return;
      hasBroken = true;
      // The client reads what it was sent, and then finds the connection gone.
      setTimeout(() => client.resetAndDestroy(), 20);
    });
  }).listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  return {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    connections: () => connections,
    stop: async () => {
      proxy.close();
      for (const socket of open) socket.destroy();
      await once(proxy, 'close');
    },
  };
}
