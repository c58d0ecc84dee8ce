import { AssertionError } from 'node:assert';
import { Inject, Injectable } from '@nestjs/common';
import { UnauthenticatedError } from './errors.js';
import { toHandlerAnswer } from './handler.answer.js';
import { ON_AUTH_OPTIONS, type OnAuthOptions } from './on-auth.options.js';
import { parsePrincipal, type Principal } from './principal.js';

/** An instance of a Passport strategy, such as the ones that `PassportStrategy(...)` of `@nestjs/passport` makes. */
export interface AuthenticationStrategy {
  readonly name?: string;
  authenticate(this: object, request: object, options?: object): void;
}

/** What Passport asks a caller to augment a strategy with, for one attempt. */
interface StrategyActions {
  success(user: unknown): void;
  fail(): void;
  pass(): void;
  redirect(): void;
  error(error: unknown): void;
}

/**
 * Asks the strategies of this application in order, by Passport's own protocol. Strategies are taken from the options
 * and not from Passport's process-wide register by name, so two applications in one process keep their keys apart.
 */
@Injectable()
export class PassportAuthenticator {
  constructor(@Inject(ON_AUTH_OPTIONS) private readonly options: Pick<OnAuthOptions, 'strategies'>) {}

  /** In the order in which they are asked; a strategy without a name has an empty one. */
  get strategyNames(): readonly string[] {
    return this.options.strategies.map(({ name = '' }) => name);
  }

  /** @throws UnauthenticatedError when no strategy succeeds, or the one that does names no valid principal */
  async authenticate(request: object): Promise<Principal> {
    for (const strategy of this.options.strategies) {
      const user = await attempt(strategy, request);
      if (user === undefined) continue;
      const principal = parsePrincipal(user);
      if (principal) return principal;
      break;
    }
    throw new UnauthenticatedError();
  }
}

async function attempt(strategy: AuthenticationStrategy, request: object): Promise<unknown> {
  try {
    return await new Promise<unknown>((resolve, reject) => {
      const refuse = (): void => resolve(undefined);
      const actions: StrategyActions = {
        success: (user) => resolve(user ?? null),
        fail: refuse,
        pass: refuse,
        redirect: refuse,
        error: reject,
      };
      const prepared = Object.assign(Object.create(strategy) as AuthenticationStrategy, actions);
      prepared.authenticate(request, { session: false });
    });
  } catch (error) {
    if (error instanceof AssertionError) {
      throw new UnauthenticatedError(error.generatedMessage ? undefined : error.message);
    }
    throw toHandlerAnswer(error) ?? error;
  }
}
