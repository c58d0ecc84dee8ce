import { AssertionError } from 'node:assert';
import { HttpException, Inject, Injectable, Logger } from '@nestjs/common';
import { AuthorizationContext, scopeOf } from './authorization.context.js';
import { DENY, parseDecision, type Decision } from './decision.js';
import { ForbiddenError, HandlerFaultError, ScopeMissingError, UnauthenticatedError } from './errors.js';
import { isThenable, type Eventual } from './eventual.js';
import { actionOf, resourceOf, type AuthEvent, type AuthValue } from './event.js';
import { toHandlerAnswer } from './handler.answer.js';
import type { Handler } from './handler.js';
import { HandlerResolver } from './handler.resolver.js';
import { ON_AUTH_OPTIONS, type OnAuthOptions } from './on-auth.options.js';
import type { Principal } from './principal.js';

/** Decides: runs the winning handler of an event, exactly once, and reads its answer. */
@Injectable()
export class Authorizer {
  private readonly logger = new Logger(Authorizer.name);

  constructor(
    private readonly resolver: HandlerResolver,
    @Inject(ON_AUTH_OPTIONS) private readonly options: OnAuthOptions,
  ) {}

  /**
   * The decision for an event, at once where its handler answers at once. The handler may change `value`.
   *
   * @throws HttpException (or an SDK `HTTPException`) as the handler threw it
   * @throws ForbiddenError for a failed assertion of `node:assert` in the handler
   * @throws HandlerFaultError when the handler threw anything else, did not settle in time or gave no decision
   */
  decide<E extends AuthEvent>(principal: Principal, event: E, value: AuthValue<E>): Eventual<Decision> {
    const handler = this.resolver.resolve(event);
    if (!handler) {
      this.logger.debug(`denied ${event}: no handler covers it`);
      return DENY;
    }
    const resource = resourceOf(event);
    const argument = {
      event,
      resource,
      action: actionOf(event),
      value,
      user: principal,
      permissions: principal.permissions,
    };
    try {
      const result = handler.invoke(argument);
      if (!isThenable(result)) return parseDecision(result);
      return this.inTime(result, handler)
        .then(parseDecision)
        .catch((error: unknown) => {
          throw this.translate(error, handler, event);
        });
    } catch (error) {
      throw this.translate(error, handler, event);
    }
  }

  /**
   * Takes a further decision for the current principal and runs `fn` in a scope that holds exactly that decision.
   * The surrounding decisions do not hold inside: decisions are never joined.
   *
   * @throws ForbiddenError when it is denied; everything that `decide` throws
   * @example await authorizer.within('assistants:read', { assistant_id }, () => assistants.get(assistant_id))
   */
  async within<E extends AuthEvent, T>(event: E, value: AuthValue<E>, fn: () => T | Promise<T>): Promise<T> {
    const run = await this.grant(event, value);
    return await run(fn);
  }

  /**
   * The same in two steps, for use cases that have to be allowed as a whole before they begin: first the decision, then what is
   * done under it.
   *
   * @throws ForbiddenError when it is denied; everything that `decide` throws
   */
  async grant<E extends AuthEvent>(event: E, value: AuthValue<E>): Promise<<T>(fn: () => T) => T> {
    const principal = AuthorizationContext.principal();
    const decision = await this.decide(principal, event, value);
    if (decision.kind === 'deny') throw new ForbiddenError();
    const scope = scopeOf(principal, resourceOf(event), decision);
    return (fn) => AuthorizationContext.run(scope, fn);
  }

  /**
   * Takes a further decision about another resource, and runs `fn` in a scope that holds it beside the surrounding ones: for a query
   * over rows of both. Rows of what is denied are not visible in it.
   *
   * @throws ScopeMissingError where the surrounding scope has a decision about that resource: two about one are never joined;
   *   everything that `decide` throws
   */
  async besides<E extends AuthEvent, T>(event: E, value: AuthValue<E>, fn: () => T | Promise<T>): Promise<T> {
    const scope = AuthorizationContext.current();
    const resource = resourceOf(event);
    if (scope?.kind !== 'principal' || scope.decisions.has(resource))
      throw new ScopeMissingError(`${event} cannot be decided beside the surrounding scope`);
    const decision = await this.decide(scope.principal, event, value);
    const decisions = new Map([...scope.decisions, [resource, decision]]);
    return await AuthorizationContext.run({ ...scope, decisions }, fn);
  }

  private async inTime(result: PromiseLike<unknown>, handler: Handler): Promise<unknown> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      const refuse = (): void => reject(new HandlerFaultError(`${handler.name} did not settle in time`));
      timer = setTimeout(refuse, this.options.handlerTimeoutMs);
    });
    try {
      return await Promise.race([result, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  private translate(error: unknown, handler: Handler, event: string): unknown {
    if (error instanceof AssertionError)
      return new ForbiddenError(error.generatedMessage ? undefined : error.message);
    if (isAnswer(error)) return error;
    const answer = toHandlerAnswer(error);
    if (answer) return answer;
    this.logger.error(`${handler.name} failed on ${event}: ${describe(error)}`);
    return new HandlerFaultError(`${handler.name} failed on ${event}`, { cause: error });
  }
}

/** Errors that already are the answer to the client. */
function isAnswer(error: unknown): boolean {
  return (
    error instanceof HttpException || error instanceof ForbiddenError || error instanceof UnauthenticatedError
  );
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
