import { decodeJwt } from 'jose';
import type { AppOptions } from '../app.module.js';
import {
  OnAuthService,
  PassportAuthenticator,
  UnauthenticatedError,
  parsePrincipal,
  type Principal,
} from '../on-auth/index.js';
import { openInspection } from '../server.js';
import { reportOf } from './explanation.report.js';
import { WhyUsageError, type WhyRequest } from './why.arguments.js';

/**
 * Explains one decision of this deployment as text. Only who can start the server can ask: it reads the database past all scopes,
 * and writes nothing.
 *
 * @param options those that the server is started with, so that the same policies decide
 * @throws WhyUsageError, UnauthenticatedError, WiringError: one sentence each
 */
export async function why(
  { who, event, id, body, route }: WhyRequest,
  options: AppOptions = {},
): Promise<string> {
  const app = await openInspection(options);
  try {
    const principal =
      who.kind === 'token' ? await provedBy(who.token, app.get(PassportAuthenticator)) : named(who.claims);
    const explanation = await app.get(OnAuthService).explain(principal, event, id, { body, route });
    return reportOf(explanation, who.kind === 'token' ? claimsOf(who.token) : undefined);
  } finally {
    await app.close();
  }
}

function named(claims: object): Principal {
  const principal = parsePrincipal(claims);
  if (!principal)
    throw new WhyUsageError('The identity must be 1 to 512 characters, none of them a control character.');
  return principal;
}

async function provedBy(token: string, authenticator: PassportAuthenticator): Promise<Principal> {
  try {
    return await authenticator.authenticate({ headers: { authorization: `Bearer ${token}` } });
  } catch (error) {
    if (!(error instanceof UnauthenticatedError)) throw error;
    throw new WhyUsageError('The token proves nobody: every request with it is answered with 401.', {
      cause: error,
    });
  }
}

/** What is in the token, for the reader: the strategy has proved it. */
function claimsOf(token: string): object | undefined {
  try {
    return decodeJwt(token);
  } catch {
    return undefined;
  }
}
