import { Injectable, type Type } from '@nestjs/common';
import { describe, expect, it } from '@jest/globals';
import { OnAuth } from '../../src/on-auth/index.js';
import { startApplication } from '../support/application.js';

const REFUSE = Symbol('refuse');

@Injectable()
class StaticPolicy {
  @OnAuth('assistants')
  static refuse() {
    return false;
  }

  @OnAuth()
  allow() {
    return true;
  }
}

@Injectable()
class SymbolPolicy {
  @OnAuth('assistants')
  [REFUSE]() {
    return false;
  }

  @OnAuth()
  allow() {
    return true;
  }
}

@Injectable()
class UnsettledPolicy {
  @OnAuth()
  ask() {
    // Query builders of several libraries are awaited like promises and are none.
    return { then: () => undefined } as unknown as Promise<boolean>;
  }
}

describe('handlers', () => {
  it.each<[string, Type]>([
    ['a static method', StaticPolicy],
    ['a method named by a symbol', SymbolPolicy],
  ])('are never passed over silently: %s is asked, or stops the boot (abuse case 23)', async (_, policy) => {
    const started = startApplication({ policies: [policy] });
    const status = await started.then(
      async (application) => {
        const alice = await application.as('alice');
        const answer = await alice('POST', '/assistants/search', {});
        await application.stop();
        return answer.status;
      },
      (error: unknown) => (error instanceof Error ? error.name : error),
    );
    expect(['WiringError', 403]).toContain(status);
  });

  it('have to settle in time, whatever kind of promise they return (abuse case 28)', async () => {
    const application = await startApplication({
      policies: [UnsettledPolicy],
      environment: { HANDLER_TIMEOUT_MS: '200' },
    });
    const alice = await application.as('alice');
    const late = new Promise((resolve) => setTimeout(resolve, 2_000, 'still waiting'));
    const answer = await Promise.race([alice('POST', '/threads/search', {}), late]);
    await application.stop();
    expect(answer).toMatchObject({ status: 500 });
  });
});
