import { Auth, HTTPException } from '@langchain/langgraph-sdk/auth';
import { verifyToken } from './users.js';

export const auth = new Auth()
  .authenticate(async (request: Request) => {
    const authorization = request.headers.get('authorization');
    const token = authorization?.split(' ').at(-1);
    try {
      return await verifyToken(token);
    } catch (error) {
      throw new HTTPException(401, {
        message: 'Invalid token',
        headers: { 'WWW-Authenticate': 'Bearer error="invalid_token"' },
        cause: error,
      });
    }
  })
  .on('*', ({ value, user }) => {
    // Write down the owner of whatever is created ...
    if ('metadata' in value) {
      value.metadata ??= {};
      value.metadata.owner = user.identity;
    }
    // ... and show nobody what is not theirs.
    return { owner: user.identity };
  })
  .on('threads:delete', ({ user, permissions }) => {
    if (!permissions.includes('threads:delete')) {
      throw new HTTPException(403, { message: 'You may not delete conversations' });
    }
    return { owner: user.identity };
  })
  .on('assistants:create', () => {
    throw new HTTPException(403, { message: 'Assistants are made by the team' });
  })
  .on('store', ({ value, user }) => {
    // The first part of a namespace says whose items they are.
    if (value.namespace?.[0] !== user.identity) {
      throw new HTTPException(403, { message: 'Not authorized' });
    }
  });
