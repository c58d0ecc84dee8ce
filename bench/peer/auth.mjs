import { createSecretKey } from 'node:crypto';
import process from 'node:process';
import { Auth, HTTPException } from '@langchain/langgraph-sdk/auth';
import jsonwebtoken from 'jsonwebtoken';

const key = createSecretKey(Buffer.from(process.env.AUTH_JWT_SECRET ?? ''));

/** The owner filter of the service's default policy, for the peer: the same tokens, the same rows. */
export const auth = new Auth()
  .authenticate((request) => {
    const token = /^Bearer (.+)$/.exec(request.headers.get('authorization') ?? '')?.[1];
    try {
      const { sub, permissions } = jsonwebtoken.verify(token ?? '', key, { algorithms: ['HS256'] });
      return { identity: sub, permissions };
    } catch {
      throw new HTTPException(401, { message: 'Unauthorized' });
    }
  })
  .on('*', ({ user }) => ({ owner: user.identity }))
  .on('threads:create', stampOwner)
  .on('threads:create_run', stampOwner)
  .on('assistants', () => true)
  .on('store', () => true);

function stampOwner({ user, value }) {
  value.metadata = { ...value.metadata, owner: user.identity };
  return { owner: user.identity };
}
