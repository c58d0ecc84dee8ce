import { Injectable, type Type } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { AuthEvent } from './event.js';
import type { RouteInput } from './route.js';

/** What `@Authorize` wrote. */
export interface Authorization {
  readonly event: AuthEvent;
  readonly input: RouteInput;
  readonly further: readonly AuthEvent[];
}

export const ON_AUTH_METADATA = 'on-auth:patterns';
export const AUTHORIZE_METADATA = 'on-auth:authorize';
export const PUBLIC_METADATA = 'on-auth:public';

type Method = (...args: never[]) => unknown;

/** Reads what the decorators wrote. Method metadata beats class metadata. */
@Injectable()
export class OnAuthMetadataAccessor {
  constructor(private readonly reflector: Reflector) {}

  /** The patterns of a handler method, or `undefined` for any other method. */
  patternsOf(method: Method): readonly string[] | undefined {
    return this.reflector.get<readonly string[] | undefined>(ON_AUTH_METADATA, method);
  }

  authorizeOf(method: Method, controller: Type): Authorization | undefined {
    return this.reflector.getAllAndOverride(AUTHORIZE_METADATA, [method, controller]);
  }

  isPublic(method: Method, controller: Type): boolean {
    return (
      this.reflector.getAllAndOverride<boolean | undefined>(PUBLIC_METADATA, [method, controller]) === true
    );
  }

  /** Both decorators at the same place, on the method or on the class. */
  isContradictory(method: Method, controller: Type): boolean {
    return [method, controller].some(
      (target) =>
        this.reflector.get<unknown>(AUTHORIZE_METADATA, target) !== undefined &&
        this.reflector.get<unknown>(PUBLIC_METADATA, target) !== undefined,
    );
  }
}
