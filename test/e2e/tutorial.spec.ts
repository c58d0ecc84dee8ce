import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ScopedHandlersPolicy } from '../../examples/policies/scoped-handlers.policy.js';
import { privateConversations } from '../../examples/tutorial/private-conversations.js';
import { scopedHandlers } from '../../examples/tutorial/scoped-handlers.js';
import { sdkLines } from '../../examples/tutorial/sdk.lines.js';
import { Steps } from '../../examples/tutorial/steps.js';
import { startApplication, type TestApplication } from '../support/application.js';
import { databases, type TestDatabase } from '../support/databases.js';

describe.each(databases)('the tutorial on $dialect', ({ create }) => {
  let first: TestDatabase;
  let second: TestDatabase;
  let server: TestApplication;
  let closed: TestApplication;

  beforeAll(async () => {
    [first, second] = await Promise.all([create(), create()]);
    server = await startApplication({ databaseUrl: first.url });
    closed = await startApplication({ databaseUrl: second.url, policies: [ScopedHandlersPolicy] });
  });

  afterAll(async () => {
    await Promise.all([server.stop(), closed.stop()]);
    await Promise.all([first.drop(), second.drop()]);
  });

  it.each(sdkLines)('has only ticks with $name', async ({ name, connect }) => {
    const lines: string[] = [];
    const steps = new Steps((line) => lines.push(line));
    const connectTo = (target: TestApplication, identity: string) =>
      connect({ ...target, stop: () => target.stop() }, `${identity} of ${name}`);
    await privateConversations(steps, await connectTo(server, 'alice'), await connectTo(server, 'bob'));
    await scopedHandlers(steps, await connectTo(closed, 'alice'), await connectTo(closed, 'bob'));
    expect(lines.filter((line) => line.includes('✗'))).toEqual([]);
    expect(steps).toMatchObject({ passed: 19, failed: 0 });
  });
});
