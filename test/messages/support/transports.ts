import { AsyncLocalStorage } from 'node:async_hooks';
import type { AddressInfo, Server } from 'node:net';
import type { INestApplication } from '@nestjs/common';
import { ClientProxyFactory, Transport, type ClientProxy } from '@nestjs/microservices';
import { connectMessages } from 'onauth-server/on-auth/messages';
import { firstValueFrom } from 'rxjs';
import { MemoryBroker, MemoryClient, MemoryServer } from './memory.broker.js';

/** Sends messages, all over one connection. */
export class Messenger {
  private readonly metadata = new AsyncLocalStorage<Record<string, string>>();

  constructor(private readonly client: ClientProxy) {
    client.setOnDispatchHook((packet) => Object.assign(packet, { metadata: this.metadata.getStore() }));
  }

  /** The answer, or what was answered in place of one. */
  async send(pattern: string, data: object, token?: string): Promise<unknown> {
    return this.with(token, () =>
      firstValueFrom(this.client.send<unknown>(pattern, data)).catch((fault: unknown) => fault),
    );
  }

  async emit(pattern: string, data: object, token?: string): Promise<void> {
    await this.with(token, () =>
      firstValueFrom(this.client.emit(pattern, data), { defaultValue: undefined }),
    );
  }

  close(): void {
    this.client.close();
  }

  private with<T>(token: string | undefined, fn: () => T): T {
    return this.metadata.run(token === undefined ? {} : { authorization: `Bearer ${token}` }, fn);
  }
}

/** Connects an application that is not initialized yet, and talks to it. */
export interface MessageTransport {
  readonly name: string;
  readonly connect: (app: INestApplication) => () => Promise<Messenger>;
}

export const transports: readonly MessageTransport[] = [
  {
    name: 'TCP',
    connect: (app) => {
      const server = connectMessages(app, {
        transport: Transport.TCP,
        options: { host: '127.0.0.1', port: 0 },
      });
      return async () => {
        const { port } = server.unwrap<Server>().address() as AddressInfo;
        const client = ClientProxyFactory.create({
          transport: Transport.TCP,
          options: { host: '127.0.0.1', port },
        });
        await client.connect();
        return new Messenger(client);
      };
    },
  },
  {
    name: 'a broker within the process',
    connect: (app) => {
      const broker = new MemoryBroker();
      connectMessages(app, { strategy: new MemoryServer(broker) });
      return () => Promise.resolve(new Messenger(new MemoryClient(broker)));
    },
  },
];
