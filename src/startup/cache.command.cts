import { get } from 'node:http';
import { CompiledBundle } from './compiled.bundle.cjs';

/** Starts the service from the bundle, up to its first answer, and keeps what V8 compiled until then. `bundle.command.ts` runs it. */
const bundle = CompiledBundle.compile();
void bundle.run().up.then(() => {
  get({ host: process.env.HOST, port: process.env.PORT, path: '/ok' }, (answer) => {
    answer.resume().once('end', () => {
      bundle.keep();
      process.exit(0);
    });
  });
});
