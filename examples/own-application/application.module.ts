import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { OnAuthModule, PersistenceModule } from 'onauth-server/on-auth';
import { OrdersModule } from './orders/orders.module.js';
import { TokenStrategy } from './token.strategy.js';

export interface Settings {
  /** `sqlite:path`, `sqlite::memory:` or `postgres://...` */
  readonly database: string;
  /** Of the tokens, at least 32 bytes. */
  readonly secret: string;
}

/** An application of its own: no agents, no threads; the guard, and the data source that scopes. */
@Module({})
export class ApplicationModule {
  static forRoot({ database, secret }: Settings, ...further: Type[]): DynamicModule {
    return {
      module: ApplicationModule,
      imports: [
        PersistenceModule.forRoot({ database, scopeKeys: ['company'] }),
        OnAuthModule.forRoot({ strategies: [new TokenStrategy(secret)] }),
        OrdersModule,
        ...further,
      ],
    };
  }
}
