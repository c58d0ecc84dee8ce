import { Injectable } from '@nestjs/common';
import { OnAuth, type HandlerArgument } from '../../src/on-auth/index.js';
import { createServer } from '../../src/server.js';

/**
 * The service with a policy whose searches reach further than the caller's own rows, by a permission of the token.
 *
 * Usage: `node filters.server.js <port>`; the settings are those of the service.
 */
@Injectable()
class ReachPolicy {
  @OnAuth()
  own({ user }: HandlerArgument) {
    return { owner: user.identity };
  }

  @OnAuth('threads', 'search')
  reach({ user, permissions }: HandlerArgument<'threads:search'>) {
    if (permissions.includes('shared')) return { shared_with: { $contains: user.identity } };
    if (permissions.includes('team')) return { $or: [{ owner: user.identity }, { team: String(user.team) }] };
    return { owner: user.identity };
  }
}

const app = await createServer({ policies: [ReachPolicy] });
await app.listen(Number(process.argv[2]), '127.0.0.1');
