import { ForbiddenException, Injectable } from '@nestjs/common';
import {
  OnAuth,
  type FilterInput,
  type HandlerArgument,
  type Principal,
} from '../../../src/on-auth/index.js';
import { stamped, verdictOn, type Metadata, type Use, type Who } from './rules.js';

const USES: Readonly<Record<string, Use>> = {
  create_run: 'run',
  get: 'read',
  put: 'create',
  list_namespaces: 'search',
};

/** What of a value the rules touch, whichever event it is. */
interface RuledValue {
  metadata?: Metadata;
  value?: Metadata;
  filter?: Metadata;
}

/** Decides everything as the rule says that the principal's token names. */
@Injectable()
export class RuledPolicy {
  @OnAuth()
  decide({ user, resource, action, value }: HandlerArgument): FilterInput | boolean {
    const who = whoIs(user);
    const use = USES[action] ?? (action as Use);
    const { answer, narrow } = verdictOn(who, resource, use);
    if (answer === 'refuse') throw new ForbiddenException('This is only for reading.');
    if (answer === false) return false;
    const ruled = value as RuledValue;
    if (action === 'put') ruled.value = stamped(who, ruled.value ?? {});
    else if (use === 'create' || use === 'run') ruled.metadata = stamped(who, ruled.metadata ?? {});
    // A listing of namespaces has no criteria.
    if (action === 'list_namespaces' && Object.keys(narrow).length > 0) return narrow as FilterInput;
    if (use === 'search') narrowTo(narrow, ruled, resource === 'store' ? 'filter' : 'metadata');
    return answer;
  }
}

function narrowTo(narrow: Metadata, value: RuledValue, criteria: 'filter' | 'metadata'): void {
  if (Object.keys(narrow).length > 0) value[criteria] = { ...value[criteria], ...narrow };
}

/** The tokens of a fuzz are made from a `Who`. */
function whoIs(user: Principal): Who {
  return user as Principal & Who;
}
