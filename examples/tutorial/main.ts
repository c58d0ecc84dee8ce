import { randomBytes } from 'node:crypto';
import { bootFailure } from '../../src/boot.failure.js';
import { privateConversations } from './private-conversations.js';
import { scopedHandlers } from './scoped-handlers.js';
import { sdkLines } from './sdk.lines.js';
import { Steps } from './steps.js';
import { runningServer, temporaryServer } from './servers.js';

/** The privacy tutorial: against the running server, and against a second one with another policy. */
async function main(): Promise<void> {
  const steps = new Steps((line) => process.stdout.write(`${line}\n`));
  const server = await runningServer();
  const second = await temporaryServer();
  try {
    for (const line of sdkLines) {
      const visit = randomBytes(3).toString('hex');
      steps.title(
        `Private conversations, with ${line.name} (alice-${visit} and bob-${visit} at ${server.url})`,
      );
      await privateConversations(
        steps,
        await line.connect(server, `alice-${visit}`),
        await line.connect(server, `bob-${visit}`),
      );
      steps.title(
        `Scoped handlers, with ${line.name} (a second server with examples/policies/scoped-handlers.policy.ts)`,
      );
      await scopedHandlers(
        steps,
        await line.connect(second, `alice-${visit}`),
        await line.connect(second, `bob-${visit}`),
      );
    }
  } finally {
    await second.stop();
  }
  steps.summary();
  process.exitCode = steps.failed === 0 ? 0 : 1;
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${bootFailure(error)}\n`);
  process.exitCode = 1;
}
