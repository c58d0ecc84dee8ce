import { BaseRpcContext, ClientProxy, Server, type CustomTransportStrategy } from '@nestjs/microservices';
import { from, isObservable, lastValueFrom } from 'rxjs';

/** What goes over the broker, as text. */
interface Packet {
  readonly pattern: string;
  readonly data: unknown;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly isEvent?: boolean;
}

type Answer = { readonly response: unknown } | { readonly err: unknown };

/** A broker within the process: what is published reaches the server that listens, as text, and is answered as text. */
export class MemoryBroker {
  private deliver: ((packet: Packet) => Promise<Answer>) | undefined;

  listen(deliver: (packet: Packet) => Promise<Answer>): void {
    this.deliver = deliver;
  }

  async publish(packet: Packet): Promise<Answer> {
    if (!this.deliver) throw new Error('nobody listens');
    const answer = await this.deliver(JSON.parse(JSON.stringify(packet)) as Packet);
    return JSON.parse(JSON.stringify(answer)) as Answer;
  }
}

/** What a transport of one's own tells handlers. */
export class MemoryContext extends BaseRpcContext<[Readonly<Record<string, string>>]> {
  getHeaders(): Readonly<Record<string, string>> {
    return this.getArgs()[0];
  }
}

export class MemoryServer extends Server implements CustomTransportStrategy {
  override readonly transportId = Symbol('memory');

  constructor(private readonly broker: MemoryBroker) {
    super();
  }

  listen(callback: () => void): void {
    this.broker.listen((packet) => this.handle(packet));
    callback();
  }

  close(): void {}

  override on(): void {}

  override unwrap<T>(): T {
    return this.broker as T;
  }

  private async handle({ pattern, data, metadata = {}, isEvent }: Packet): Promise<Answer> {
    const context = new MemoryContext([metadata]);
    if (isEvent) {
      await this.handleEvent(pattern, { pattern, data }, context);
      return { response: null };
    }
    const handler = this.getHandlerByPattern(pattern);
    if (!handler) return { err: 'no such pattern' };
    try {
      const result = (await handler(data, context)) as unknown;
      return { response: isObservable(result) ? await lastValueFrom(from(result)) : result };
    } catch (err) {
      return { err };
    }
  }
}

export class MemoryClient extends ClientProxy {
  constructor(private readonly broker: MemoryBroker) {
    super();
  }

  connect(): Promise<void> {
    return Promise.resolve();
  }

  close(): void {}

  override on(): void {}

  override unwrap<T>(): T {
    return this.broker as T;
  }

  protected publish(packet: Packet, callback: (answer: object) => void): () => void {
    void this.broker.publish(packet).then((answer) => callback({ ...answer, isDisposed: true }));
    return () => {};
  }

  protected async dispatchEvent<T>(packet: Packet): Promise<T> {
    return (await this.broker.publish({ ...packet, isEvent: true })) as T;
  }
}
