import { Auth, HTTPException } from '@langchain/langgraph-sdk/auth';
import { members } from './members.js';

/** Custom authentication and authorization as the LangGraph documentation shows it: private conversations. */
export const auth = new Auth()
  .authenticate(async (request: Request) => {
    const [scheme, token] = (request.headers.get('authorization') ?? '').split(' ');
    const identity = scheme?.toLowerCase() === 'bearer' ? members.get(token ?? '') : undefined;
    if (!identity) throw new HTTPException(401, { message: 'Invalid token' });
    return { identity, permissions: ['threads:write'] };
  })
  .on('*', ({ value, user }) => {
    const filters = { owner: user.identity };
    if ('metadata' in value) {
      value.metadata ??= {};
      value.metadata.owner = user.identity;
    }
    return filters;
  })
  .on('store', ({ value, user }) => {
    if (value.namespace?.[0] !== user.identity) throw new HTTPException(403, { message: 'Not authorized' });
  });
