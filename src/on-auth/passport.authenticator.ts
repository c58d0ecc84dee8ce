import { AssertionError } from 'node:assert';
import { Inject, Injectable } from '@nestjs/common';
import { UnauthenticatedError } from './errors.js';
import { whenThere, type Eventual } from './eventual.js';
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

  /**
   * @returns the principal, at once where the strategies answer at once
   * @throws UnauthenticatedError when no strategy succeeds, or the one that does names no valid principal
   */
  authenticate(request: object): Eventual<Principal> {
    return this.askFrom(0, request);
  }

  private askFrom(index: number, request: object): Eventual<Principal> {
    const { strategies } = this.options;
    if (index >= strategies.length) throw new UnauthenticatedError();
    return whenThere(attempt(strategies[index], request), (user) =>
      user === undefined ? this.askFrom(index + 1, request) : principalOf(user),
    );
  }
}

function principalOf(user: unknown): Principal {
  const principal = parsePrincipal(user);
  if (principal) return principal;
  throw new UnauthenticatedError();
}

/** @returns whom the strategy vouches for; undefined where it does not */
function attempt(strategy: AuthenticationStrategy, request: object): Eventual<unknown> {
  const outcome = new Outcome();
  const refuse = (): void => outcome.settle(() => undefined);
  const fail = (error: unknown): void =>
    outcome.settle(() => {
      throw refusalOf(error);
    });
  const actions: StrategyActions = {
    success: (user) => outcome.settle(() => user ?? null),
    fail: refuse,
    pass: refuse,
    redirect: refuse,
    error: fail,
  };
  const prepared = Object.assign(Object.create(strategy) as AuthenticationStrategy, actions);
  try {
    prepared.authenticate(request, { session: false });
  } catch (error) {
    fail(error);
  }
  return outcome.value;
}

/** What an attempt has come to. The first answer counts, whether the strategy gives it at once or later. */
class Outcome {
  private answer: (() => unknown) | undefined;
  private tell: ((answer: () => unknown) => void) | undefined;

  settle(answer: () => unknown): void {
    if (this.answer) return;
    this.answer = answer;
    this.tell?.(answer);
  }

  get value(): Eventual<unknown> {
    if (this.answer) return this.answer();
    const told = new Promise<() => unknown>((resolve) => (this.tell = resolve));
    return told.then((answer) => answer());
  }
}

function refusalOf(error: unknown): unknown {
  if (error instanceof AssertionError)
    return new UnauthenticatedError(error.generatedMessage ? undefined : error.message);
  return toHandlerAnswer(error) ?? error;
}
