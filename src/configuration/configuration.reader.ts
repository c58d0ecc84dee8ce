import { ConfigModule } from '@nestjs/config';
import type { Configuration } from './configuration.js';
import { parseConfiguration, type Environment } from './configuration.parser.js';

/**
 * Reads the environment and the file `.env` of the working directory, where the environment wins; or `environment`, and then
 * nothing else. For those who need to know before there is an application.
 *
 * @throws ConfigurationError for a wrong value
 * @example (await readConfiguration({ PORT: '8080' })).port // 8080
 */
export function readConfiguration(environment?: Environment): Promise<Configuration> {
  const isGiven = environment !== undefined;
  return new Promise((resolve, reject) => {
    const validate = (variables: Environment) => {
      resolve(parseConfiguration(environment ?? variables));
      return variables;
    };
    ConfigModule.forRoot({ ignoreEnvFile: isGiven, ignoreEnvVars: isGiven, validate }).catch(reject);
  });
}
