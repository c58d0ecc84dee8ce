import { get } from 'node:http';
import { setFlagsFromString } from 'node:v8';
import { CompiledBundle } from './compiled.bundle.cjs';

/** Starts the service from the bundle, up to its first answer, and keeps what V8 compiled until then. `bundle.command.ts` runs it. */
setFlagsFromString('--no-flush-bytecode'); // What ran only once is not to be forgotten before it is kept.
const bundle = CompiledBundle.read();
void bundle.run().up.then(() => {
  get({ host: process.env.HOST, port: process.env.PORT, path: '/ok' }, (answer) => {
    answer.resume().once('end', () => {
      setFlagsFromString('--flush-bytecode'); // V8 compares the flags, too.
      bundle.keep();
      process.exit(0);
    });
  });
});
