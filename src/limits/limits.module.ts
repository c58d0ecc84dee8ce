import { Module } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Configuration } from '../configuration/configuration.js';
import type { Admission } from '../on-auth/index.js';
import { PersistenceModule } from '../persistence/persistence.module.js';
import { RateLimiter } from './rate.limiter.js';
import { REQUEST_COUNT, requestCounter } from './request.counter.js';

/** The token of the `Admission` that the configuration asks for; undefined where it asks for none. */
export const CONFIGURED_ADMISSION = Symbol('what decides whether a caller may make one more request');

/** How much each identity may ask of the service. */
@Module({
  imports: [PersistenceModule.forFeature({ entities: [], systemTables: [REQUEST_COUNT] })],
  providers: [
    {
      provide: CONFIGURED_ADMISSION,
      inject: [Configuration, DataSource],
      useFactory: async (
        { rateLimitPerMinute }: Configuration,
        dataSource: DataSource,
      ): Promise<Admission | undefined> =>
        rateLimitPerMinute > 0
          ? new RateLimiter(await requestCounter(dataSource, rateLimitPerMinute))
          : undefined,
    },
  ],
  exports: [CONFIGURED_ADMISSION],
})
export class LimitsModule {}
