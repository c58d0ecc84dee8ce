import { describe, expect, it } from '@jest/globals';
import { Controller, Get, Inject, Injectable, Module, Post, Scope } from '@nestjs/common';
import { Authorize, Authorizer, OnAuth, Public, type HandlerArgument } from '../../src/on-auth/index.js';
import { createNote, readFile, readNote, refusalOf } from './probe.application.js';

@Controller('notes')
class NotesController {
  @Post()
  @Authorize('notes', 'create', createNote)
  create() {
    return {};
  }

  @Get(':note_id')
  @Authorize('notes', 'read', readNote)
  read() {
    return {};
  }
}

@Injectable()
class NotesPolicy {
  @OnAuth('notes', 'read')
  read() {
    return true;
  }
}

describe('the boot', () => {
  it('succeeds when every route declares its event and every handler can be asked', async () => {
    expect(await refusalOf({ controllers: [NotesController], providers: [NotesPolicy] })).toBeUndefined();
  });

  it('is refused for two handlers of one event, and the sentence names both (abuse case 23)', async () => {
    @Injectable()
    class OtherPolicy {
      @OnAuth('notes', 'read')
      alsoRead() {
        return true;
      }
    }
    expect(await refusalOf({ controllers: [NotesController], providers: [NotesPolicy, OtherPolicy] })).toBe(
      'WiringError: OtherPolicy.alsoRead and NotesPolicy.read both handle "notes:read"; remove one, exactly one handler decides.',
    );
  });

  it('is refused for one handler listed for an event twice', async () => {
    @Injectable()
    class TwicePolicy {
      @OnAuth(['notes:read', 'notes:read'])
      read() {
        return true;
      }
    }
    expect(await refusalOf({ controllers: [NotesController], providers: [TwicePolicy] })).toBe(
      'WiringError: TwicePolicy.read and TwicePolicy.read both handle "notes:read"; remove one, exactly one handler decides.',
    );
  });

  it('is refused for a handler without an event', async () => {
    @Injectable()
    class EmptyPolicy {
      @OnAuth([])
      nothing() {
        return true;
      }
    }
    expect(await refusalOf({ controllers: [NotesController], providers: [EmptyPolicy] })).toBe(
      'WiringError: EmptyPolicy.nothing has @OnAuth([]) without an event; name at least one.',
    );
  });

  it('is refused for a handler on a request-scoped provider', async () => {
    @Injectable({ scope: Scope.REQUEST })
    class RequestPolicy {
      @OnAuth('notes', 'read')
      read() {
        return true;
      }
    }
    expect(await refusalOf({ controllers: [NotesController], providers: [RequestPolicy] })).toBe(
      'WiringError: RequestPolicy.read is a handler on a request-scoped or transient provider; make RequestPolicy and what it injects singletons.',
    );
  });

  it('is refused for a handler on a transient provider', async () => {
    @Injectable({ scope: Scope.TRANSIENT })
    class TransientPolicy {
      @OnAuth('notes', 'read')
      read() {
        return true;
      }
    }
    expect(await refusalOf({ controllers: [NotesController], providers: [TransientPolicy] })).toBe(
      'WiringError: TransientPolicy.read is a handler on a request-scoped or transient provider; make TransientPolicy and what it injects singletons.',
    );
  });

  it('is refused for a handler on a provider that depends on a request-scoped one', async () => {
    @Injectable({ scope: Scope.REQUEST })
    class Tenant {}
    @Injectable()
    class TenantPolicy {
      constructor(@Inject(Tenant) readonly tenant: Tenant) {}
      @OnAuth('notes', 'read')
      read() {
        return true;
      }
    }
    expect(await refusalOf({ controllers: [NotesController], providers: [Tenant, TenantPolicy] })).toBe(
      'WiringError: TenantPolicy.read is a handler on a request-scoped or transient provider; make TenantPolicy and what it injects singletons.',
    );
  });

  it('is refused for a handler on an aliased provider', async () => {
    const alias = { provide: 'ALIAS', useExisting: NotesPolicy };
    expect(await refusalOf({ controllers: [NotesController], providers: [alias, NotesPolicy] })).toBe(
      'WiringError: NotesPolicy.read is a handler on a provider that is also registered by another token (useExisting); register NotesPolicy once.',
    );
  });

  it('is refused for an inherited handler (abuse case 23)', async () => {
    abstract class BasePolicy {
      @OnAuth('notes', 'read')
      read() {
        return true;
      }
    }
    @Injectable()
    class DerivedPolicy extends BasePolicy {}
    expect(await refusalOf({ controllers: [NotesController], providers: [DerivedPolicy] })).toBe(
      'WiringError: DerivedPolicy.read inherits or overrides an @OnAuth method of a base class; put @OnAuth on DerivedPolicy.read itself and take it off the base class.',
    );
  });

  it('is refused for a method that overrides a handler and so would silently not be one (abuse case 23)', async () => {
    class BasePolicy {
      @OnAuth('notes', 'read')
      read() {
        return false;
      }
    }
    @Injectable()
    class OverridingPolicy extends BasePolicy {
      override read() {
        return false;
      }
    }
    expect(await refusalOf({ controllers: [NotesController], providers: [OverridingPolicy] })).toMatch(
      /^WiringError: OverridingPolicy\.read inherits or overrides an @OnAuth method/,
    );
  });

  it('is refused for a handler on a controller', async () => {
    @Controller('files')
    class FilesController {
      @Get(':file_id')
      @Authorize('files', 'read', readFile)
      read() {
        return {};
      }
      @OnAuth('files', 'read')
      decide() {
        return true;
      }
    }
    expect(await refusalOf({ controllers: [FilesController] })).toBe(
      'WiringError: FilesController.decide is an @OnAuth handler on a controller; move it to a provider, handlers and routes do not mix.',
    );
  });

  it('is refused for a handler of an event that no route fires, and the sentence lists what is fired', async () => {
    @Injectable()
    class TypoPolicy {
      @OnAuth('notes', 'search')
      search({ value }: HandlerArgument<'notes:search'>) {
        return value.limit < 10;
      }
    }
    expect(await refusalOf({ controllers: [NotesController], providers: [TypoPolicy] })).toBe(
      'WiringError: TypoPolicy.search handles "notes:search", but no route fires that event. Known: notes:create, notes:read.',
    );
  });

  it('is refused for a handler of a whole resource that no route belongs to', async () => {
    @Injectable()
    class FilesPolicy {
      @OnAuth('files')
      any() {
        return true;
      }
    }
    expect(await refusalOf({ controllers: [NotesController], providers: [FilesPolicy] })).toBe(
      'WiringError: FilesPolicy.any handles "files", but no route fires that event. Known: notes:create, notes:read.',
    );
  });

  it('succeeds for a handler of an event that no route fires where that event is known', async () => {
    const handlers = [{ pattern: 'files', name: 'files', invoke: () => true }];
    const metadata = { controllers: [NotesController], providers: [NotesPolicy] };
    expect(await refusalOf(metadata, { handlers, knownEvents: ['files:read'] })).toBeUndefined();
    expect(await refusalOf(metadata, { handlers })).toBe(
      'WiringError: files handles "files", but no route fires that event. Known: notes:create, notes:read.',
    );
  });

  it('is refused for a route that declares nothing (abuse case 71)', async () => {
    @Controller('open')
    class ForgetfulController {
      @Get()
      list() {
        return [];
      }
    }
    expect(await refusalOf({ controllers: [ForgetfulController] })).toBe(
      'WiringError: ForgetfulController.list is a route that declares no event; put @Authorize(resource, action, input) or @Public() on it.',
    );
  });

  it('is refused for an inherited route that declares nothing', async () => {
    abstract class BaseController {
      @Get('inherited')
      inherited() {
        return [];
      }
    }
    @Controller('derived')
    class DerivedController extends BaseController {}
    expect(await refusalOf({ controllers: [DerivedController] })).toMatch(
      /^WiringError: DerivedController\.inherited is a route that declares no event/,
    );
  });

  it('is refused for a route that is both public and authorized', async () => {
    @Controller('both')
    class UndecidedController {
      @Get(':note_id')
      @Public()
      @Authorize('notes', 'read', readNote)
      read() {
        return {};
      }
    }
    expect(await refusalOf({ controllers: [UndecidedController] })).toBe(
      'WiringError: UndecidedController.read has both @Authorize(...) and @Public(); keep one.',
    );
  });

  it('is refused without an authentication strategy', async () => {
    expect(
      await refusalOf({ controllers: [NotesController], providers: [NotesPolicy] }, { strategies: [] }),
    ).toBe(
      'WiringError: OnAuthModule has no authentication strategy; list at least one in forRoot({ strategies }).',
    );
  });

  it.each([0, -1, 1.5, Number.NaN])('is refused with a handler timeout of %p', async (handlerTimeoutMs) => {
    expect(
      await refusalOf({ controllers: [NotesController], providers: [NotesPolicy] }, { handlerTimeoutMs }),
    ).toBe(
      'WiringError: OnAuthModule.forRoot({ handlerTimeoutMs }) needs a whole number of milliseconds above 0.',
    );
  });

  it('succeeds with the least handler timeout there is', async () => {
    const metadata = { controllers: [NotesController], providers: [NotesPolicy] };
    expect(await refusalOf(metadata, { handlerTimeoutMs: 1 })).toBeUndefined();
  });

  it('succeeds for a module that asks for decisions without importing the one that takes them', async () => {
    @Injectable()
    class LibraryService {
      constructor(readonly authorizer: Authorizer) {}
    }
    @Module({ providers: [LibraryService] })
    class LibraryModule {}
    const metadata = { controllers: [NotesController], providers: [NotesPolicy], imports: [LibraryModule] };
    expect(await refusalOf(metadata)).toBeUndefined();
  });
});
