import 'reflect-metadata';
import { bootFailure } from '../boot.failure.js';
import { parseWhyArguments, WhyUsageError } from './why.arguments.js';
import { why } from './why.js';

try {
  process.stdout.write(await why(parseWhyArguments(process.argv.slice(2))));
} catch (error) {
  process.stderr.write(`${error instanceof WhyUsageError ? error.message : bootFailure(error)}\n`);
  process.exitCode = 1;
}
