import { Injectable, type Type } from '@nestjs/common';
import { ON_AUTH_METADATA } from '../../../src/on-auth/metadata.accessor.js';
import { OnAuth, type HandlerArgument } from '../../../src/on-auth/index.js';
import { OwnerPolicy } from '../../../src/policies/owner.policy.js';

export const MEMBER = 'member';

/** An event that was decided, and for whom. */
export interface Fired {
  readonly identity: string;
  readonly event: string;
}

type Decide = (argument: HandlerArgument) => unknown;

/**
 * The policy that the server comes with, for those who hold a permission; everybody else is refused outright. Writes down what it is
 * asked.
 */
export function membersPolicy(fired: Fired[]): Type {
  @Injectable()
  class MembersPolicy {}
  const owner = new OwnerPolicy();
  for (const name of Object.getOwnPropertyNames(OwnerPolicy.prototype).filter(
    (name) => name !== 'constructor',
  )) {
    const decide = Reflect.get(OwnerPolicy.prototype, name) as Decide;
    const patterns = Reflect.getMetadata(ON_AUTH_METADATA, decide) as Parameters<typeof OnAuth>[0][];
    const handler = (argument: HandlerArgument): unknown => {
      fired.push({ identity: argument.user.identity, event: argument.event });
      return argument.permissions.includes(MEMBER) ? decide.call(owner, argument) : false;
    };
    Reflect.defineMetadata(ON_AUTH_METADATA, patterns, handler);
    Object.defineProperty(MembersPolicy.prototype, name, { value: handler });
  }
  return MembersPolicy;
}
