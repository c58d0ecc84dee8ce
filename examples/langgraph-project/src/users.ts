const users = new Map([
  ['alice-token', { identity: 'alice', permissions: ['threads:delete'] }],
  ['bob-token', { identity: 'bob', permissions: [] }],
]);

/** Whose token it is. A real project would ask its identity provider. */
export async function verifyToken(token: string | undefined) {
  const user = users.get(token ?? '');
  return user ?? Promise.reject(new Error('unknown token'));
}
