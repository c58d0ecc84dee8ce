import { describe, expect, it } from '@jest/globals';
import { AuthorizationEvents, type AuthorizationEvent } from './authorization.events.js';

describe('the end of rights', () => {
  it('is told to everybody who listens, as it is, until they do not any more', async () => {
    const events = new AuthorizationEvents();
    const heard: [string, AuthorizationEvent][] = [];
    const unsubscribe = events.subscribe((event) => void heard.push(['first', event]));
    events.subscribe((event) => void heard.push(['second', event]));
    await events.revoke('alice');
    unsubscribe();
    await events.changed({ resource: 'threads', id: 't1' });
    expect(heard).toEqual([
      ['first', { kind: 'revoked', identity: 'alice' }],
      ['second', { kind: 'revoked', identity: 'alice' }],
      ['second', { kind: 'changed', row: { resource: 'threads', id: 't1' } }],
    ]);
  });

  it.each<[string, (events: AuthorizationEvents) => Promise<void>]>([
    ['of an identity', (events) => events.revoke('alice')],
    ['to a row', (events) => events.changed({ resource: 'threads', id: 't1' })],
  ])('%s is told when all that was done about it is done', async (_, tell) => {
    const events = new AuthorizationEvents();
    let done = false;
    events.subscribe(async () => {
      await new Promise(setImmediate);
      done = true;
    });
    await tell(events);
    expect(done).toBe(true);
  });

  it('is told to the others as well where one fails at once, and who tells it hears of that', async () => {
    const events = new AuthorizationEvents();
    const heard: AuthorizationEvent[] = [];
    events.subscribe(() => {
      throw new Error('cannot be written down');
    });
    events.subscribe((event) => void heard.push(event));
    await expect(events.revoke('alice')).rejects.toThrow('cannot be written down');
    expect(heard).toHaveLength(1);
  });
});
