import { Module, type DynamicModule, type ValueProvider, type FactoryProvider } from '@nestjs/common';
import { Configuration } from './configuration.js';
import type { Environment } from './configuration.parser.js';
import { readConfiguration } from './configuration.reader.js';
import { ProcessRole } from './process.role.js';

type Source =
  Pick<ValueProvider<Configuration>, 'useValue'> | Pick<FactoryProvider<Configuration>, 'useFactory'>;

/** Provides `Configuration` and `ProcessRole` everywhere. */
@Module({})
export class ConfigurationModule {
  /**
   * Reads it, see `readConfiguration`. A wrong value is a `ConfigurationError` out of
   * `NestFactory.create(..., { abortOnError: false })`.
   *
   * @example imports: [ConfigurationModule.forRoot()]
   * @example imports: [ConfigurationModule.forRoot({ DATABASE_URL: 'sqlite::memory:' })]
   */
  static forRoot(environment?: Environment): DynamicModule {
    const reading = readConfiguration(environment);
    // Nest awaits the provider later than a decorator makes it. Until then a refusal would count as an unhandled
    // rejection and end the process with a stack trace instead of its sentence.
    reading.catch(() => undefined);
    return provided({ useFactory: () => reading });
  }

  /** Takes what was read already. */
  static of(configuration: Configuration): DynamicModule {
    return provided({ useValue: configuration });
  }
}

const ROLE: FactoryProvider<ProcessRole> = {
  provide: ProcessRole,
  inject: [Configuration],
  useFactory: ({ role }: Configuration) => new ProcessRole(role),
};

function provided(source: Source): DynamicModule {
  return {
    module: ConfigurationModule,
    global: true,
    providers: [{ provide: Configuration, ...source }, ROLE],
    exports: [Configuration, ProcessRole],
  };
}
