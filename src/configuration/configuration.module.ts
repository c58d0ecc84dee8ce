import { Module, type DynamicModule } from '@nestjs/common';
import { ConfigModule, ConfigService } from '@nestjs/config';
import { Configuration } from './configuration.js';
import { parseConfiguration, type Environment } from './configuration.parser.js';

const CONFIGURATION = 'onauth';

/**
 * Provides `Configuration` everywhere. Reads the environment and the file `.env` of the working directory, where the
 * environment wins; or `environment`, and then nothing else.
 *
 * A wrong value is a `ConfigurationError` out of `NestFactory.create(..., { abortOnError: false })`.
 *
 * @example imports: [ConfigurationModule.forRoot()]
 * @example imports: [ConfigurationModule.forRoot({ DATABASE_URL: 'sqlite::memory:' })]
 */
@Module({})
export class ConfigurationModule {
  static forRoot(environment?: Environment): DynamicModule {
    const loading = ConfigModule.forRoot(
      environment
        ? { ignoreEnvFile: true, ignoreEnvVars: true, validate: () => parsed(environment) }
        : { validate: (variables) => ({ ...variables, ...parsed(variables) }) },
    );
    // Nest awaits the import later than a decorator makes it. Until then a refusal would count as an unhandled
    // rejection and end the process with a stack trace instead of its sentence.
    loading.catch(() => undefined);
    return {
      module: ConfigurationModule,
      global: true,
      imports: [loading],
      providers: [
        {
          provide: Configuration,
          inject: [ConfigService],
          useFactory: (service: ConfigService) => service.getOrThrow<Configuration>(CONFIGURATION),
        },
      ],
      exports: [Configuration],
    };
  }
}

function parsed(environment: Environment): Record<string, Configuration> {
  return { [CONFIGURATION]: parseConfiguration(environment) };
}
