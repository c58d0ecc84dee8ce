import { ForbiddenException, Injectable } from '@nestjs/common';
import { OnAuth, type FilterInput, type HandlerArgument, type Principal } from '../../src/index.js';

const FIXED = ['org', 'owner', 'team'];

/**
 * Threads belong to an organisation, and within it to their owner and, if they name one, to a team. Organisation and teams are
 * claims of the token: `org`, a text, and `teams`, a list. Nobody reaches another organisation, whatever else is shared.
 */
@Injectable()
export class OrganisationPolicy {
  @OnAuth(['threads:create', 'threads:create_run'])
  create({ user, value }: HandlerArgument<'threads:create' | 'threads:create_run'>) {
    const { team } = value.metadata;
    if (team !== undefined && !teamsOf(user).some((name) => name === team))
      throw new ForbiddenException('This is not a team of yours.');
    value.metadata = { ...value.metadata, org: orgOf(user), owner: user.identity };
    return within(user);
  }

  @OnAuth(['threads:read', 'threads:search'])
  read({ user }: HandlerArgument<'threads:read' | 'threads:search'>) {
    return within(user);
  }

  @OnAuth('threads', 'update')
  update({ user, value }: HandlerArgument<'threads:update'>) {
    if (FIXED.some((key) => key in (value.metadata ?? {})))
      throw new ForbiddenException('Organisation, owner and team of a thread stay as they are.');
    return within(user);
  }

  @OnAuth('threads', 'delete')
  delete({ user }: HandlerArgument<'threads:delete'>) {
    return { org: orgOf(user), owner: user.identity };
  }
}

function within(user: Principal): FilterInput {
  const teams = teamsOf(user);
  const mine = { owner: user.identity };
  return { org: orgOf(user), $or: teams.length > 0 ? [mine, { team: { $in: teams } }] : [mine] };
}

/** @throws ForbiddenException for a token without one: a missing claim must not become a filter that many rows match */
function orgOf({ org }: Principal): string {
  if (typeof org !== 'string' || org === '') throw new ForbiddenException('The token names no organisation.');
  return org;
}

function teamsOf({ teams }: Principal): readonly string[] {
  return Array.isArray(teams) ? teams.filter((team) => typeof team === 'string') : [];
}
