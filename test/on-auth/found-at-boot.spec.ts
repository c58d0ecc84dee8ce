import { describe, expect, it } from '@jest/globals';
import { Controller, Get, Injectable, Post, type Provider, type Type } from '@nestjs/common';
import {
  AuthorizationMatrix,
  Authorize,
  HandlerRegistry,
  OnAuth,
  Public,
  type Handler,
} from '../../src/on-auth/index.js';
import { buildProbe, createNote, readFile, readNote, refusalOf } from './probe.application.js';

@Controller()
class ProbeController {
  @Post('notes')
  @Authorize('notes', 'create', createNote)
  create() {}

  @Get('notes/:note_id')
  @Authorize('notes', 'read', readNote)
  read() {}

  @Get('files/:file_id')
  @Authorize('files', 'read', readFile)
  file() {}
}

@Injectable()
class OwnerPolicy {
  readonly owner = 'alice';

  @OnAuth(['notes:read', 'notes:create'])
  own() {
    return { owner: this.owner };
  }

  get expensive(): never {
    throw new Error('asked');
  }

  unrelated() {
    return false;
  }
}

async function handlersOf(...providers: Provider[]): Promise<readonly Handler[]> {
  const app = await buildProbe({ controllers: [ProbeController], providers });
  await app.init();
  await app.close();
  return app.get(HandlerRegistry).all();
}

const named = (handlers: readonly Handler[]): string[] =>
  handlers.map(({ pattern, name }) => `${pattern}: ${name}`);

describe('the handlers that are found', () => {
  it('are the decorated methods of a provider, one for each event, and act as its methods', async () => {
    const handlers = await handlersOf(OwnerPolicy);
    expect(named(handlers)).toEqual(['notes:read: OwnerPolicy.own', 'notes:create: OwnerPolicy.own']);
    expect(handlers[0].invoke({})).toEqual({ owner: 'alice' });
  });

  it.each<[string, Provider]>([
    ['a factory makes', { provide: 'POLICY', useFactory: () => new OwnerPolicy() }],
    ['is there already', { provide: 'POLICY', useValue: new OwnerPolicy() }],
    ['a token stands for', { provide: 'POLICY', useClass: OwnerPolicy }],
  ])('are those of what %s, too', async (_, provider) => {
    expect(named(await handlersOf(provider))).toHaveLength(2);
  });

  it.each<[string, unknown]>([
    ['text', 'policy'],
    ['null', null],
    ['a class', OwnerPolicy],
    ['an object without a class', Object.create(null)],
  ])('are none of a value that is %s', async (_, useValue) => {
    expect(await handlersOf({ provide: 'VALUE', useValue })).toEqual([]);
  });

  it('are registered for what the decorator says', async () => {
    @Injectable()
    class EveryPolicy {
      @OnAuth()
      everything() {}
      @OnAuth('notes')
      notes() {}
      @OnAuth('*', 'read')
      reads() {}
      @OnAuth('notes', 'create')
      creates() {}
    }
    expect(named(await handlersOf(EveryPolicy))).toEqual([
      '*: EveryPolicy.everything',
      'notes: EveryPolicy.notes',
      '*:read: EveryPolicy.reads',
      'notes:create: EveryPolicy.creates',
    ]);
  });

  it('are those of the class itself where it decorates what it overrides', async () => {
    class BasePolicy {
      @OnAuth('notes')
      read(): boolean {
        return false;
      }
    }
    @Injectable()
    class DerivedPolicy extends BasePolicy {
      @OnAuth('files')
      override read() {
        return true;
      }
    }
    const handlers = await handlersOf(DerivedPolicy);
    expect(named(handlers)).toEqual(['files: DerivedPolicy.read']);
    expect(handlers[0].invoke({})).toBe(true);
  });

  const REFUSE = Symbol('refuse');
  class StaticPolicy {
    @OnAuth('notes')
    static refuse() {
      return false;
    }
  }
  class SymbolPolicy {
    @OnAuth('notes')
    [REFUSE]() {
      return false;
    }
  }
  class DerivedStaticPolicy extends StaticPolicy {}

  it.each<[string, Type, string]>([
    ['StaticPolicy.refuse', StaticPolicy, 'a static method'],
    ['DerivedStaticPolicy.refuse', DerivedStaticPolicy, 'a static method'],
    ['SymbolPolicy.Symbol(refuse)', SymbolPolicy, 'a method named by a symbol'],
  ])('are never passed over silently: %s stops the boot (abuse case 23)', async (name, policy, kind) => {
    expect(await refusalOf({ controllers: [ProbeController], providers: [policy] })).toBe(
      `WiringError: ${name} is an @OnAuth handler on ${kind}; make it an ordinary method.`,
    );
  });
});

describe('the routes that are found', () => {
  async function eventsOf(controller: Type): Promise<string[]> {
    const app = await buildProbe({ controllers: [controller] });
    await app.init();
    await app.close();
    const rows = app.get(AuthorizationMatrix).rows();
    return rows.map(({ name, event, ids }) =>
      [name.split('.')[1], event, ...ids.map(({ at }) => at)].join(' '),
    );
  }

  it('declare what their class does, unless they declare something themselves', async () => {
    @Controller('notes')
    @Authorize('notes', 'read', readNote)
    class GuardedController {
      @Get(':note_id/about')
      @Public()
      about() {}
      @Get(':note_id/files/:file_id')
      @Authorize('files', 'read', { ...readFile, ids: { file_id: 'path', note_id: 'path' } })
      file() {}
      @Get(':note_id')
      read() {}
      unrelated() {}
    }
    expect(await eventsOf(GuardedController)).toEqual([
      'read notes:read note_id',
      'about public',
      'file files:read file_id note_id',
    ]);
  });

  it('are open to everybody with their class, unless they declare an event', async () => {
    @Controller('notes')
    @Public()
    class OpenController {
      @Get()
      open() {}
      @Get(':note_id')
      @Authorize('notes', 'read', readNote)
      read() {}
    }
    expect(await eventsOf(OpenController)).toEqual(['open public', 'read notes:read note_id']);
  });

  it('stop the boot where their class declares both', async () => {
    @Controller('notes')
    @Public()
    @Authorize('notes', 'read', readNote)
    class UndecidedController {
      @Get(':note_id')
      read() {}
    }
    expect(await refusalOf({ controllers: [UndecidedController] })).toBe(
      'WiringError: UndecidedController.read has both @Authorize(...) and @Public(); keep one.',
    );
  });
});
