import { SetMetadata } from '@nestjs/common';
import type { ActionOf, AuthAction, AuthEvent, AuthResource, EventPattern } from './event.js';
import type { HandlerMethod } from './handler.js';
import { ON_AUTH_METADATA } from './metadata.accessor.js';

/** Fits only a method that takes the argument of the pattern's events and returns a handler result. */
type HandlerDecorator<P extends EventPattern> = <M extends HandlerMethod<P>>(
  target: object,
  key: string | symbol,
  descriptor: TypedPropertyDescriptor<M>,
) => void;

type ActionOn<R extends AuthResource> = ActionOf<Extract<AuthEvent, `${R}:${string}`>>;

/**
 * Makes a method of a provider the handler of authorization events. The most specific handler of an event decides alone:
 * `resource:action`, then `resource`, then `*:action`, then `*`.
 *
 * @example
 * @OnAuth('threads', 'create')
 * stampOwner({ user, value }: HandlerArgument<'threads:create'>) {
 *   value.metadata = { ...value.metadata, owner: user.identity };
 *   return { owner: user.identity };
 * }
 * @example @OnAuth() // everything that no other handler answers for
 * @example @OnAuth('*', 'create')
 * @example @OnAuth(['threads:read', 'threads:search'])
 */
export function OnAuth(): HandlerDecorator<'*'>;
export function OnAuth(resource: '*'): HandlerDecorator<'*'>;
export function OnAuth<const P extends readonly EventPattern[]>(patterns: P): HandlerDecorator<P[number]>;
export function OnAuth<A extends AuthAction>(resource: '*', action: A): HandlerDecorator<`*:${A}`>;
export function OnAuth<R extends AuthResource>(resource: R): HandlerDecorator<R>;
export function OnAuth<R extends AuthResource, A extends ActionOn<R>>(
  resource: R,
  action: A,
): HandlerDecorator<Extract<AuthEvent, `${R}:${A}`>>;
export function OnAuth(resource: string | readonly string[] = '*', action?: string) {
  const patterns = typeof resource === 'string' ? [action ? `${resource}:${action}` : resource] : resource;
  return SetMetadata(ON_AUTH_METADATA, Object.freeze([...patterns]));
}
