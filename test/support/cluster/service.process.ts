import 'reflect-metadata';
import { RUN_ENGINE_OPTIONS } from '../../../src/runs/engine/run-engine.options.js';
import { createServer } from '../../../src/server.js';
import { optionsOf, type DeploymentReference } from './deployment.reference.js';

// Nobody is left behind: the other end of this pipe is the test, however it ends.
process.stdin.once('end', () => process.exit()).resume();

/** One process of the service, with the graphs and policies of a spec. */
const { DEPLOYMENT = '{}', ENGINE = '{}' } = process.env;

const app = await createServer(await optionsOf(JSON.parse(DEPLOYMENT) as DeploymentReference));
Object.assign(app.get<object>(RUN_ENGINE_OPTIONS), JSON.parse(ENGINE));
await app.listen(0, '127.0.0.1');
process.stdout.write(`a process is up at ${await app.getUrl()}\n`);
