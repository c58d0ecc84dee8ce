import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ForbiddenException, Injectable, type Type } from '@nestjs/common';
import { OnAuth, type HandlerArgument } from '../../src/on-auth/index.js';
import { OwnerPolicy } from '../../src/policies/owner.policy.js';
import { startApplication, type TestApplication } from '../support/application.js';
import { databases, type TestDatabase } from '../support/databases.js';
import { keysIn, storeGraphs, surfaces, type StoreInHand } from './support/store.surface.js';

/** What runs need, and nothing about the store. */
class RunsForAll {
  @OnAuth(['threads:create_run', 'assistants:read'])
  run() {
    return true;
  }
}

/** Puts everybody below their own name, unseen by the client. */
@Injectable()
class RewritingPolicy {
  @OnAuth('store')
  rewrite({ user, value }: HandlerArgument<'store'>) {
    value.namespace = ['users', user.identity, ...(value.namespace ?? [])];
  }
}

/** Changes also the key and the value. */
@Injectable()
class StampingPolicy {
  @OnAuth('store')
  stamp({ user, value }: HandlerArgument<'store'>) {
    if ('key' in value) value.key = `${user.identity}:${value.key}`;
    if ('value' in value) value.value = { ...value.value, by: user.identity };
    if ('limit' in value && 'filter' in value) value.filter = { by: user.identity };
  }
}

@Injectable()
class RaisingPolicy {
  @OnAuth('store')
  raise({ user, value, action }: HandlerArgument<'store'>) {
    if (user.identity !== 'alice') throw new ForbiddenException(`no ${action} for ${user.identity}`);
    return value.namespace?.[0] !== 'closed';
  }
}

/** Lets everybody find only what they have put, wherever it is. */
@Injectable()
class ValueFilterPolicy {
  @OnAuth('store')
  filter({ user }: HandlerArgument<'store'>) {
    return { by: user.identity };
  }
}

@Injectable()
class NamespaceFilterPolicy {
  @OnAuth('store')
  filter({ user }: HandlerArgument<'store'>) {
    return { namespace: { $contains: user.identity } };
  }
}

/** The filter that is meant for threads and assistants. */
@Injectable()
class OwnerForAllPolicy {
  @OnAuth()
  own({ user }: HandlerArgument) {
    return { owner: user.identity };
  }
}

const DENIED =
  /^The item does not match the filter of the handler; .* the store, which needs a handler of its own \(keys: /;

describe.each(databases)('policies of the store on $dialect', ({ create }) => {
  describe.each(surfaces)('$surface', ({ open }) => {
    const started: { application: TestApplication; database: TestDatabase }[] = [];
    afterAll(async () => {
      for (const { application, database } of started) {
        await application.stop();
        await database.drop();
      }
    });

    async function start(policy: Type, ...identities: string[]): Promise<StoreInHand[]> {
      const database = await create();
      const policies = policy === OwnerPolicy ? [policy] : [policy, RunsForAll];
      const application = await startApplication({
        databaseUrl: database.url,
        graphs: storeGraphs,
        policies,
      });
      started.push({ application, database });
      return Promise.all(identities.map((identity) => open(application, identity)));
    }

    describe('that rewrite the namespace', () => {
      let alice: StoreInHand;
      let bob: StoreInHand;
      beforeAll(async () => {
        [alice, bob] = await start(RewritingPolicy, 'alice', 'bob@example.com');
        await alice.put(['notes'], 'k', { of: 'alice' });
        await bob.put(['notes'], 'k', { of: 'bob' });
        await bob.put(['more'], 'l', {});
      });

      it('hold for put and get, also where a name has a period (abuse case 46)', async () => {
        expect(await alice.get(['notes'], 'k')).toMatchObject({
          result: { namespace: ['users', 'alice', 'notes'], value: { of: 'alice' } },
        });
        expect(await bob.get(['notes'], 'k')).toMatchObject({
          result: { namespace: ['users', 'bob@example.com', 'notes'], value: { of: 'bob' } },
        });
      });

      it('hold for search and list (abuse case 46)', async () => {
        expect(keysIn(await alice.search([]))).toEqual(['k']);
        expect(keysIn(await bob.search([])).sort()).toEqual(['k', 'l']);
        expect(await alice.list()).toEqual({ result: [['users', 'alice', 'notes']] });
        expect(await bob.list({ maxDepth: 2 })).toEqual({ result: [['users', 'bob@example.com']] });
        expect(await bob.list({ suffix: ['more'] })).toEqual({
          result: [['users', 'bob@example.com', 'more']],
        });
        expect(await alice.list({ prefix: ['bob@example'] })).toEqual({ result: [] });
      });

      it('hold for delete (abuse case 46)', async () => {
        await bob.put(['gone'], 'k', {});
        await alice.delete(['gone'], 'k');
        expect(await bob.get(['gone'], 'k')).toMatchObject({ result: { key: 'k' } });
        await bob.delete(['gone'], 'k');
        expect(await bob.get(['gone'], 'k')).toEqual({ result: null });
      });
    });

    it('that rewrite the key, the value and the filter are gone by (abuse case 46)', async () => {
      const [alice, bob] = await start(StampingPolicy, 'alice', 'bob');
      await alice.put(['shared'], 'k', { n: 1 });
      await bob.put(['shared'], 'k', { n: 1 });
      expect(await alice.get(['shared'], 'k')).toMatchObject({
        result: { key: 'alice:k', value: { n: 1, by: 'alice' } },
      });
      expect(keysIn(await alice.search(['shared'], { filter: { n: 1 } }))).toEqual(['alice:k']);
      expect(keysIn(await alice.search(['shared'], { filter: { n: 2 } }))).toEqual([]);
      await alice.delete(['shared'], 'k');
      expect(keysIn(await bob.search(['shared']))).toEqual(['bob:k']);
    });

    it('that raise refuse every action, and leave everything as it is', async () => {
      const [alice, bob] = await start(RaisingPolicy, 'alice', 'bob');
      await alice.put(['open'], 'k', { n: 1 });
      expect(await bob.put(['open'], 'k', { n: 2 })).toEqual({ refused: 'no put for bob' });
      expect(await bob.get(['open'], 'k')).toEqual({ refused: 'no get for bob' });
      expect(await bob.delete(['open'], 'k')).toEqual({ refused: 'no delete for bob' });
      expect(await bob.search([])).toEqual({ refused: 'no search for bob' });
      expect(await bob.list()).toEqual({ refused: 'no list_namespaces for bob' });
      expect(await alice.get(['open'], 'k')).toMatchObject({ result: { value: { n: 1 } } });
    });

    it('that return false refuse every action', async () => {
      const [alice] = await start(RaisingPolicy, 'alice');
      const refused = { refused: 'Forbidden' };
      expect(await alice.put(['closed'], 'k', {})).toEqual(refused);
      expect(await alice.get(['closed'], 'k')).toEqual(refused);
      expect(await alice.delete(['closed'], 'k')).toEqual(refused);
      expect(await alice.search(['closed'])).toEqual(refused);
      expect(await alice.list({ prefix: ['closed'] })).toEqual(refused);
    });

    it.each([
      ['the value', ValueFilterPolicy, ['shared'], ['shared']],
      ['the namespace', NamespaceFilterPolicy, ['shared', 'alice'], ['shared', 'bob']],
    ])('that return a filter on %s hold for every action', async (_, policy, hers, his) => {
      const [alice, bob] = await start(policy, 'alice', 'bob');
      await alice.put(hers, 'a', { by: 'alice' });
      await bob.put(his, 'b', { by: 'bob' });
      expect(await alice.get(hers, 'a')).toMatchObject({ result: { value: { by: 'alice' } } });
      expect(await bob.get(hers, 'a')).toEqual({ result: null });
      expect(keysIn(await bob.search(['shared']))).toEqual(['b']);
      expect(await bob.list()).toEqual({ result: [his] });
      expect(await bob.put(hers, 'a', { by: 'bob' })).toEqual({ refused: expect.stringMatching(DENIED) });
      expect(await bob.put(hers, 'c', { by: 'alice' })).toEqual({ refused: expect.stringMatching(DENIED) });
      expect(await bob.delete(hers, 'a')).toEqual({ result: null });
      expect(await alice.get(hers, 'a')).toMatchObject({ result: { value: { by: 'alice' } } });
    });

    it('that return the owner for every resource refuse what has none, and say why', async () => {
      const [alice] = await start(OwnerForAllPolicy, 'alice');
      expect(await alice.put(['notes'], 'k', { n: 1 })).toEqual({ refused: expect.stringMatching(DENIED) });
      expect(await alice.put(['notes'], 'k', { owner: 'alice' })).toEqual({ result: null });
      expect(await alice.get(['notes'], 'k')).toMatchObject({ result: { value: { owner: 'alice' } } });
    });

    it('of which none answers for the store leave nobody anything', async () => {
      const [alice] = await start(class extends Object {}, 'alice');
      expect(await alice.put(['alice'], 'k', {})).toEqual({ refused: 'Forbidden' });
      expect(await alice.list()).toEqual({ refused: 'Forbidden' });
    });

    describe('by default', () => {
      it('let nobody but its owner below a first label', async () => {
        const [alice, bob] = await start(OwnerPolicy, 'alice', 'bob');
        await alice.put(['alice', 'notes'], 'k', { of: 'alice' });
        const refused = { refused: 'Not authorized' };
        expect(await bob.put(['alice', 'notes'], 'k', {})).toEqual(refused);
        expect(await bob.get(['alice', 'notes'], 'k')).toEqual(refused);
        expect(await bob.delete(['alice', 'notes'], 'k')).toEqual(refused);
        expect(await bob.search(['alice'])).toEqual(refused);
        expect(await bob.list({ prefix: ['alice'] })).toEqual(refused);
        expect(keysIn(await bob.search([]))).toEqual([]);
        expect(await bob.list()).toEqual({ result: [] });
        expect(keysIn(await alice.search([]))).toEqual(['k']);
      });

      it('write a period of a name as %2E in its label, which nobody else has', async () => {
        const [dotted, written, plain] = await start(OwnerPolicy, 'a.b', 'a%2Eb', 'a%b');
        await dotted.put(['a%2Eb', 'x'], 'dotted', {});
        await written.put(['a%252Eb', 'x'], 'written', {});
        await plain.put(['a%b', 'x'], 'plain', {});
        expect(keysIn(await dotted.search([]))).toEqual(['dotted']);
        expect(keysIn(await written.search([]))).toEqual(['written']);
        expect(keysIn(await plain.search([]))).toEqual(['plain']);
        expect(await written.search(['a%2Eb'])).toEqual({ refused: 'Not authorized' });
        expect(await dotted.list({ maxDepth: 1 })).toEqual({ result: [['a%2Eb']] });
      });
    });
  });
});
