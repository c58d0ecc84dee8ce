import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, Injectable, type INestApplication, type LoggerService } from '@nestjs/common';
import { EventPattern, MessagePattern, RpcException } from '@nestjs/microservices';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { firstValueFrom } from 'rxjs';
import {
  AuthorizationContext,
  AuthorizationMatrix,
  Authorize,
  Authorized,
  CurrentUser,
  OnAuth,
  OnAuthModule,
  Public,
  type AuthenticationStrategy,
  type HandlerArgument,
  type Principal,
  type RouteInput,
} from '../../src/on-auth/index.js';
import { MessageServers } from '../../src/on-auth/message.servers.js';
import { connectMessages } from '../../src/on-auth/messages/index.js';
import { MemoryBroker, MemoryClient, MemoryServer } from './support/memory.broker.js';

declare module '../../src/on-auth/event.js' {
  interface AuthEventMap {
    'letters:read': { readonly letter_id: string };
    'letters:burn': { readonly letter_id: string };
  }
}

const letterById = <E extends 'letters:read' | 'letters:burn'>(): RouteInput<E, { letter_id: string }> => ({
  ids: { letter_id: 'path' },
  carriers: [],
  parse: ({ params }) => params as { letter_id: string },
  value: ({ letter_id }) => ({ letter_id }),
  accept: (input) => input,
});

@Controller()
class LettersController {
  @Get('letters/:letter_id')
  @MessagePattern('letters.read')
  @Authorize('letters', 'read', letterById<'letters:read'>())
  read(@Authorized() { letter_id }: { letter_id: string }, @CurrentUser() { identity }: Principal) {
    if (letter_id === 'torn') throw new Error('cannot reach postgres://user:password@host');
    if (letter_id === 'sealed') throw new RpcException('ask again');
    const scope = AuthorizationContext.current();
    return { letter_id, identity, decisions: scope?.kind === 'principal' && [...scope.decisions.keys()] };
  }

  @EventPattern(['letters.burnt', 'letters.lost'])
  @Authorize('letters', 'burn', letterById<'letters:burn'>())
  burn(@Authorized() { letter_id }: { letter_id: string }): void {
    if (letter_id === 'wet') throw new Error('cannot reach postgres://user:password@host');
    burnt.push(letter_id);
  }

  @Get('letters')
  @Public()
  about() {}

  @MessagePattern({ of: 'letters' })
  @Public()
  open() {
    return { scope: AuthorizationContext.current() ?? 'none' };
  }
}

@Injectable()
class LettersPolicy {
  @OnAuth('letters')
  own({ user, value }: HandlerArgument<'letters:read' | 'letters:burn'>) {
    return value.letter_id === 'foreign' ? false : { owner: user.identity };
  }
}

/** Believes what comes with a message under `user`. */
const trusting: AuthenticationStrategy = {
  authenticate(this: object, request) {
    const { success, fail } = this as { success(user: unknown): void; fail(): void };
    const { user } = (request as { headers: Record<string, string | undefined> }).headers;
    if (user === undefined) fail();
    else success(user);
  },
};

const burnt: string[] = [];
let told: { level: string; text: string }[] = [];
const tell = (level: string) => (text: unknown) => void told.push({ level, text: String(text) });
const logger: LoggerService = { log: () => {}, error: tell('error'), warn: tell('warn') };

let app: NestFastifyApplication;
let broker: MemoryBroker;

async function lettersApplication(): Promise<NestFastifyApplication> {
  const testing = await Test.createTestingModule({
    imports: [OnAuthModule.forRoot({ strategies: [trusting] })],
    controllers: [LettersController],
    providers: [LettersPolicy],
  }).compile();
  return testing.createNestApplication<NestFastifyApplication>(new FastifyAdapter(), { logger });
}

beforeEach(async () => {
  burnt.length = 0;
  told = [];
  app = await lettersApplication();
  broker = new MemoryBroker();
});
afterEach(() => app.close());

describe('messages', () => {
  beforeEach(async () => {
    connectMessages(app, { strategy: new MemoryServer(broker) });
    await app.startAllMicroservices();
    await app.init();
  });

  const clientOf = (user?: string): MemoryClient => {
    const client = new MemoryClient(broker);
    client.setOnDispatchHook((packet) =>
      Object.assign(packet, { metadata: user === undefined ? {} : { user } }),
    );
    return client;
  };
  const send = (pattern: unknown, letter_id: string, user?: string): Promise<unknown> =>
    firstValueFrom(clientOf(user).send<unknown>(pattern, { letter_id })).catch((fault: unknown) => fault);
  const emit = (letter_id: string, user?: string): Promise<unknown> =>
    firstValueFrom(clientOf(user).emit('letters.burnt', { letter_id }), { defaultValue: undefined });

  it('reach their handler with the decision about them, their input and their sender', async () => {
    expect(await send('letters.read', 'l1', 'alice')).toEqual({
      letter_id: 'l1',
      identity: 'alice',
      decisions: ['letters'],
    });
  });

  it.each<[string, string | undefined, object]>([
    ['l1', undefined, { status: 401, detail: 'Unauthorized' }],
    ['foreign', 'alice', { status: 403, detail: 'Forbidden' }],
    ['torn', 'alice', { status: 500, detail: 'Internal Server Error' }],
  ])('about %s from %s are answered with a status', async (letter_id, user, answer) => {
    expect(await send('letters.read', letter_id, user)).toEqual(answer);
  });

  it('are answered in the words of the handler where it says so', async () => {
    expect(await send('letters.read', 'sealed', 'alice')).toMatchObject({ message: 'ask again' });
  });

  it('that meet a fault tell the operator of it, and refusals do not', async () => {
    await send('letters.read', 'l1');
    expect(told).toEqual([]);
    await send('letters.read', 'torn', 'alice');
    expect(told).toEqual([
      { level: 'error', text: expect.stringMatching(/^Error: cannot reach [^]*\n +at /) },
    ]);
  });

  it('leave no scope for the next one', async () => {
    await send('letters.read', 'l1', 'alice');
    expect(await send({ of: 'letters' }, 'l1')).toEqual({ scope: 'none' });
  });

  it('that are events act for whoever may', async () => {
    await emit('l1');
    await emit('foreign', 'alice');
    await emit('l2', 'alice');
    await soon(() => burnt.length > 0);
    expect(burnt).toEqual(['l2']);
  });

  it('that are events tell the operator of a refusal, as nobody is answered', async () => {
    await emit('l1');
    await emit('l2', 'alice');
    await emit('wet', 'alice');
    await soon(() => told.length > 1);
    expect(told.filter(({ level }) => level === 'warn').map(({ text }) => text)).toEqual([
      'letters.burnt, letters.lost: an event was refused with 401',
      'letters.burnt, letters.lost: an event was refused with 500',
    ]);
  });
});

describe('handlers of messages', () => {
  it('are listed with the routes, one of which may be one as well', async () => {
    await app.init();
    const rows = app.get(AuthorizationMatrix).rows();
    expect(rows.map(({ route, event, ids }) => [route, event, ids.map((id) => id.in)])).toEqual([
      ['GET /letters', 'public', []],
      ['GET /letters/:letter_id', 'letters:read', ['path']],
      ['EVENT letters.burnt', 'letters:burn', ['body']],
      ['EVENT letters.lost', 'letters:burn', ['body']],
      ['MESSAGE letters.read', 'letters:read', ['body']],
      ['MESSAGE {"of":"letters"}', 'public', []],
    ]);
  });
});

describe('a transport', () => {
  const connectPastTheGuard = (to: INestApplication) =>
    to.connectMicroservice({ strategy: new MemoryServer(broker) });
  const refusal = expect.objectContaining({
    name: 'WiringError',
    message: expect.stringMatching(
      /^The handler of "letters.read" would be served past the guard; connect its transport with connectMessages\(app, options\)/,
    ),
  });

  it('that is connected past the guard is refused, one that was connected before it or not', async () => {
    expect(() => connectPastTheGuard(app)).toThrow(refusal);
    connectMessages(app, { strategy: new MemoryServer(broker) });
    expect(() => connectPastTheGuard(app)).toThrow(refusal);
  });

  it('that cannot be connected opens no way past the guard', () => {
    const broken = (): never => {
      throw new Error('no such transport');
    };
    expect(() => app.get(MessageServers).connecting(broken)).toThrow('no such transport');
    expect(() => connectPastTheGuard(app)).toThrow(refusal);
  });
});

/** An event is not answered: what it does is seen some time later. */
async function soon(isSeen: () => boolean): Promise<void> {
  for (let attempt = 0; attempt < 400 && !isSeen(); attempt++) await sleep(5);
}
