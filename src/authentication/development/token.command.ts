import { NestFactory } from '@nestjs/core';
import { Configuration } from '../../configuration/configuration.js';
import { ConfigurationError } from '../../configuration/configuration.error.js';
import { ConfigurationModule } from '../../configuration/configuration.module.js';
import { openDevelopmentTokens } from './development.tokens.js';
import { parseTokenArguments, UsageError } from './token.arguments.js';

/** Prints a token, and nothing else, on the standard output. */
async function main(): Promise<void> {
  const request = parseTokenArguments(process.argv.slice(2));
  const context = await NestFactory.createApplicationContext(ConfigurationModule.forRoot(), {
    logger: false,
    abortOnError: false,
  });
  const tokens = await openDevelopmentTokens(context.get(Configuration));
  process.stdout.write(`${await tokens.mint(request)}\n`);
}

try {
  await main();
} catch (error) {
  if (!(error instanceof UsageError) && !(error instanceof ConfigurationError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
